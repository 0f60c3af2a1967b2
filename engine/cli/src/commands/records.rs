//! `records verify`.

use anyhow::{Result, anyhow};
use zeebe_engine::{Engine, Positions, RecordsReport, VerifyError};
use zeebe_spec::ExporterName;

use super::{End, failure};
use crate::arguments::{Records, Verify};
use crate::output::{Output, table};
use crate::{document, progress};

pub(crate) async fn run(engine: &Engine, records: &Records, output: Output) -> Result<End> {
    let Records::Verify(Verify { cluster, exporter, against }) = records;
    let name = |text: &String| {
        text.parse::<ExporterName>().map_err(|error| anyhow!("no name of an exporter: {error}"))
    };
    let (exporter, against) = (name(exporter)?, against.as_ref().map(name).transpose()?);
    let id = document::open(engine, cluster)?.id().to_owned();
    let call = progress::call();
    let report =
        engine.verify_records(&id, &exporter, against.as_ref(), &call).await.map_err(explained)?;
    drop(call);
    output.report(&report, || text(&report))?;
    Ok(if report.exact { End::Done } else { End::Found })
}

fn explained(error: VerifyError) -> anyhow::Error {
    match error {
        VerifyError::Engine(error) => failure(error),
        VerifyError::Records { name, source } => {
            let advice = source.advice().map(|advice| format!(". {advice}")).unwrap_or_default();
            anyhow!("what exporter \"{name}\" wrote was not read: {source}{advice}")
        }
        error @ VerifyError::NotReceived { .. } => {
            anyhow!("{error}: only what a receiver brings to Kafka or into a lake can")
        }
        error @ (VerifyError::NoExporter { .. }
        | VerifyError::Simulated
        | VerifyError::Ended { .. }
        | VerifyError::Report(_)) => anyhow::Error::new(error),
    }
}

fn text(report: &RecordsReport) -> String {
    let mut rows = vec![
        ["partition", "records", "first", "last", "exported", "gaps", "found"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let position =
        |position: Option<u64>| position.map_or_else(|| "-".to_owned(), |it| it.to_string());
    for (id, it) in &report.partitions {
        let lists = [
            ("doubled", it.doubled),
            ("contradictory", it.contradictory),
            ("out of order", it.disordered),
            ("missing", it.missing),
            ("beyond the complete one", it.extra),
            ("different", it.different),
        ];
        let mut found: Vec<String> = lists
            .into_iter()
            .filter(|(_, positions)| positions.count > 0)
            .map(|(what, Positions { count, first })| {
                format!("{count} {what} (first {})", position(first))
            })
            .collect();
        if report.complete && it.gaps.count > 0 {
            found.push(format!("{} lost (first {})", it.gaps.count, position(it.gaps.first)));
        }
        if report.complete && it.is_behind() {
            found.push(format!("what follows {} is missing", position(it.last)));
        }
        let found = if found.is_empty() { "nothing wrong".to_owned() } else { found.join(", ") };
        rows.push(vec![
            id.to_string(),
            it.records.to_string(),
            position(it.first),
            position(it.last),
            position(it.exported),
            it.gaps.count.to_string(),
            found,
        ]);
    }
    let by_design = "Not everything is exported, so gaps are by design: whether something is missing is seen beside another \
                     exporter that has everything (--against).\n";
    format!("{}{}", table(&rows), if report.complete { "" } else { by_design })
}
