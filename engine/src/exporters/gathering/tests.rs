use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;
use zeebe_plan::observed::{Duties, LastApply, ProductObserved};
use zeebe_spec::ExporterName;

use super::*;
use crate::cluster::GivenSecrets;
use crate::exporters::ExporterWish;

fn wish(name: &str) -> Asked {
    let wish = ExporterWish::Gone(name.parse::<ExporterName>().unwrap());
    Asked { wish, given: GivenSecrets::new() }
}

fn nothing() -> Arc<ClusterObserved> {
    Arc::new(ClusterObserved {
        record: None,
        exporters: BTreeMap::new(),
        duties: Duties::default(),
        last_apply: LastApply::None,
        components: BTreeMap::new(),
        product: ProductObserved::Down,
    })
}

#[tokio::test]
async fn those_who_ask_at_once_are_served_in_one_go_each_with_its_own_answer() {
    let gathering = Gathering::default();
    let served = AtomicUsize::new(0);
    let ask = |name: &'static str| {
        let (gathering, served) = (&gathering, &served);
        async move {
            let call = Call::quiet();
            let serve = |wishes: Vec<Asked>| {
                served.fetch_add(1, Ordering::Relaxed);
                async move {
                    wishes
                        .iter()
                        .map(|wish| match wish.wish.name().as_str() {
                            "wrong" => {
                                Err(ExporterError::Occupied { name: wish.wish.name().clone() })
                            }
                            _ => Ok(nothing()),
                        })
                        .collect()
                }
            };
            gathering.join(wish(name), &call, serve).await
        }
    };
    let (one, wrong, three) = tokio::join!(ask("one"), ask("wrong"), ask("three"));
    assert!(one.is_ok() && three.is_ok());
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "an exporter \"wrong\" with another wish stands there"
    );
    assert_eq!(served.load(Ordering::Relaxed), 1);
    // Who comes later is served anew.
    assert!(ask("four").await.is_ok());
    assert_eq!(served.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn who_is_cancelled_before_its_turn_is_not_taken_along() {
    let gathering = Gathering::default();
    let cancel = CancellationToken::new();
    let stopped = Call { cancel: cancel.clone(), ..Call::quiet() };
    cancel.cancel();
    let never = |_: Vec<Asked>| async { Vec::new() };
    let outcome = gathering.join(wish("one"), &stopped, never).await;
    assert!(matches!(outcome, Err(ExporterError::Cancelled)));
    let serve = |wishes: Vec<Asked>| async move {
        assert_eq!(wishes.iter().map(|asked| &asked.wish).collect::<Vec<_>>(), [&wish("two").wish]);
        vec![Ok(nothing())]
    };
    assert!(gathering.join(wish("two"), &Call::quiet(), serve).await.is_ok());
}

#[tokio::test]
async fn the_end_of_whoever_serves_leaves_the_others_their_turn() {
    let gathering = Gathering::default();
    let call = Call::quiet();
    {
        let first = gathering.join(wish("one"), &call, |_| std::future::pending());
        let mut first = std::pin::pin!(first);
        // It has taken its wish and serves for ever; then it is dropped.
        tokio::select! {
            _ = &mut first => panic!("it never ends"),
            () = tokio::time::sleep(OTHERS * 2) => {}
        }
    }
    let serve = |wishes: Vec<Asked>| async move {
        assert_eq!(wishes.iter().map(|asked| &asked.wish).collect::<Vec<_>>(), [&wish("two").wish]);
        vec![Ok(nothing())]
    };
    assert!(gathering.join(wish("two"), &call, serve).await.is_ok());
}
