use std::cell::Cell;

use tokio::time::advance;
use zeebe_plan::component::{ComponentId, Observed};
use zeebe_plan::observed::{Duties, Exporters, LastApply, ProductAnswer};
use zeebe_plan::product::ClusterTopology;
use zeebe_spec::BrokerId;

use super::*;

/// Takes five seconds for each answer.
struct Product {
    asked: Cell<u32>,
    silent: bool,
}

impl Product {
    async fn answer(&self) -> Result<ProductObserved, ObserveError> {
        self.asked.set(self.asked.get() + 1);
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(if self.silent {
            ProductObserved::Silent(format!("silence {}", self.asked.get()))
        } else {
            answered()
        })
    }
}

fn answered() -> ProductObserved {
    ProductObserved::Answered(ProductAnswer {
        by: BrokerId(0),
        topology: ClusterTopology {
            version: 1,
            members: BTreeMap::new(),
            active_partitions: None,
            last_change: None,
            pending_change: None,
        },
        exporters: BTreeMap::new(),
        paused: BTreeMap::new(),
    })
}

fn site() -> Site {
    Site {
        record: None,
        exporters: Exporters::new(),
        duties: Duties::default(),
        last_apply: LastApply::Ended,
        components: BTreeMap::new(),
    }
}

fn another() -> Site {
    let components = [(ComponentId::Broker(BrokerId(0)), Observed::Absent)].into();
    Site { components, ..site() }
}

async fn again(answer: &Answer, site: Site, ask: Ask, product: &Product) -> ProductObserved {
    let seen = answer.kept_or_ask(site, ask, product.answer()).await;
    seen.map_or(ProductObserved::Down, |seen| seen.product)
}

#[tokio::test(start_paused = true)]
async fn an_answer_serves_others_until_it_is_old_or_the_cluster_is_another() {
    let (answer, product) = (Answer::default(), Product { asked: Cell::new(0), silent: false });
    let ask = Ask::ForThoseInTheBook;
    let together = tokio::join!(
        again(&answer, site(), ask, &product),
        again(&answer, site(), ask, &product),
        again(&answer, site(), ask, &product),
    );
    assert_eq!(together, (answered(), answered(), answered()));
    assert_eq!(product.asked.get(), 1);
    again(&answer, another(), ask, &product).await;
    assert_eq!(product.asked.get(), 2, "a broker is gone");
    again(&answer, another(), Ask::ForAllExporters, &product).await;
    assert_eq!(product.asked.get(), 3, "more is asked");
    again(&answer, another(), ask, &product).await;
    assert_eq!(product.asked.get(), 3, "less is asked");
    answer.forget();
    again(&answer, another(), ask, &product).await;
    assert_eq!(product.asked.get(), 4, "the cluster was changed");
    advance(FRESH).await;
    again(&answer, another(), ask, &product).await;
    assert_eq!(product.asked.get(), 5, "the answer is old");
}

#[tokio::test(start_paused = true)]
async fn silence_is_shared_by_those_who_waited_for_it_and_by_nobody_later() {
    let (answer, product) = (Answer::default(), Product { asked: Cell::new(0), silent: true });
    let ask = Ask::ForThoseInTheBook;
    let silence = |number| ProductObserved::Silent(format!("silence {number}"));
    let together =
        tokio::join!(again(&answer, site(), ask, &product), again(&answer, site(), ask, &product),);
    assert_eq!(together, (silence(1), silence(1)));
    advance(Duration::from_millis(1)).await;
    assert_eq!(again(&answer, site(), ask, &product).await, silence(2));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_given_up_is_asked_by_the_next() {
    let (answer, product) = (Answer::default(), Product { asked: Cell::new(0), silent: false });
    let ask = Ask::ForThoseInTheBook;
    let given_up =
        tokio::time::timeout(Duration::from_secs(1), again(&answer, site(), ask, &product)).await;
    assert!(given_up.is_err());
    assert_eq!(again(&answer, site(), ask, &product).await, answered());
    assert_eq!(product.asked.get(), 2);
}
