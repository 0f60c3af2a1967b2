//! The search store that scenarios export to is a real one: it keeps what it was given over its own death.

use std::collections::BTreeMap;

use acceptance_tests::Scenario;
use acceptance_tests::servers::search_store::{Product, SearchStore};
use anyhow::Result;
use serde_json::json;

#[test]
fn an_elasticsearch_counts_what_it_was_given_and_keeps_it_when_it_is_killed() -> Result<()> {
    counts_and_keeps(Product::Elasticsearch, "s13-elasticsearch")
}

#[test]
fn an_opensearch_counts_what_it_was_given_and_keeps_it_when_it_is_killed() -> Result<()> {
    counts_and_keeps(Product::OpenSearch, "s13-opensearch")
}

fn counts_and_keeps(product: Product, name: &str) -> Result<()> {
    // It takes as much of the machine as a broker.
    let scenario = Scenario::with_brokers(name, 1)?;
    let mut store =
        SearchStore::start_one(product, scenario.directory.join("store"), scenario.first_port()?)?;
    assert_eq!((store.count("audit*")?, store.indices()?), (0, BTreeMap::new()));
    for (index, id) in
        [("audit-1", "1-1"), ("audit-1", "1-2"), ("audit-1", "1-1"), ("other", "1-1")]
    {
        store.put(index, id, &json!({"position": 1}))?;
    }
    store.kill()?;
    store.start_again()?;
    assert_eq!(store.count("audit*")?, 2);
    assert_eq!(
        store.indices()?,
        BTreeMap::from([("audit-1".to_owned(), 2), ("other".to_owned(), 1)])
    );
    store.end()?;
    scenario.passed()
}
