//! A small provider on both layers: rows of trees that live in a file. Tried with the real terraform by the tests, and a place to start from.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::{FunctionFault, Provider};
use tf_sdk::typed::{
    Change, Creation, Deletion, Lookup, Managed, Outcome, Planned, PlannedChange, PureFunction,
    Reading, Unconfigured,
};
use tf_sdk::{
    Arguments, Attributes, Computed, DataSource, Defaulted, Diagnostic, NotYetKnown, Optional,
    OptionalComputed, Path, Required, Resource, Secret, Set, Timeouts, serve, typed,
};

fn main() -> ExitCode {
    let provider = Provider::new(Unconfigured::new("Orchards in files."))
        .with_resource(typed::resource(Orchards))
        .with_data_source(typed::data_source(Harvests))
        .with_function(typed::function(Join));
    serve::main(provider, "sample/sample")
}

zeebe_scalar::text! {
    /// A name.
    pub Name, "1 to 20 lower-case letters", "garden",
    |text| (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase())
}
zeebe_scalar::integer! {
    /// A number of trees.
    pub Trees, u32, 1..=1000, 3
}
zeebe_scalar::choice! {
    /// What trees stand in.
    pub Soil { Loam = "loam" /** Holds water. */, Sand = "sand" /** Does not. */ }
}

/// Trees of one kind.
#[derive(Clone, Debug, PartialEq, Attributes)]
pub struct Row {
    /// How many trees.
    pub trees: Required<Trees>,
    /// What they stand in.
    #[attribute(default = "loam")]
    pub soil: Defaulted<Soil>,
    /// What stands on the sign.
    pub sign: Computed<String>,
    /// Number of the row, given once.
    #[attribute(stable)]
    pub number: Computed<i64>,
}

/// Water for the trees.
#[derive(Clone, Debug, PartialEq, Attributes)]
pub struct Water {
    /// Litres for each tree and day.
    #[attribute(default = 2.5)]
    pub litres: Defaulted<f64>,
    /// Hours at which it flows.
    #[attribute(default = [6, 20])]
    pub hours: Defaulted<Vec<i64>>,
}

/// An orchard: rows of trees, in a file.
#[derive(Clone, Debug, PartialEq, Resource)]
#[resource(name = "sample_orchard", version = 1)]
pub struct Orchard {
    /// Folder of the file.
    #[attribute(replace)]
    pub folder: Required<String>,
    /// Name of the orchard and of its file.
    #[attribute(replace)]
    pub name: Required<Name>,
    /// The rows by name.
    pub rows: Required<BTreeMap<String, Row>>,
    /// Water for the trees.
    #[attribute(default = {})]
    pub water: Defaulted<Water>,
    /// Words to find it by.
    #[attribute(default = ["orchard"])]
    pub tags: Defaulted<Set<String>>,
    /// What the orchard costs; with more digits than a machine's number holds if you like.
    pub price: Optional<f64>,
    /// Who owns it.
    pub owner: OptionalComputed<Name>,
    /// Code of the gate, never stored.
    #[attribute(write_only)]
    pub code: Optional<Secret>,
    /// All trees together.
    pub trees: Computed<i64>,
    /// The file.
    #[attribute(stable)]
    pub id: Computed<String>,
    /// Time limits.
    pub timeouts: Optional<Timeouts>,
}

struct Orchards;

impl Orchard {
    fn file(&self) -> Result<PathBuf, NotYetKnown> {
        let Self { folder, name, .. } = self;
        Ok(PathBuf::from(folder.known()?).join(format!("{}.txt", name.known()?)))
    }

    fn total(&self) -> Result<i64, NotYetKnown> {
        self.rows
            .known()?
            .values()
            .map(|row| row.trees.known().map(|trees| i64::from(trees.get())))
            .sum()
    }

    /// Fills in what the file's content tells.
    fn record(&mut self) {
        if let Some(rows) = self.rows.as_known_mut() {
            for (place, (name, row)) in (1..).zip(rows) {
                if !row.number.is_null() && row.number.as_known().is_none() {
                    row.number.set(place);
                }
                row.sign.set(format!(
                    "{name}: {}",
                    row.trees.as_known().map_or(0, |trees| trees.get())
                ));
            }
        }
        if self.owner.is_unknown() {
            self.owner.set("nobody".parse().expect("the name is a name"));
        }
        if let Ok(total) = self.total() {
            self.trees.set(total);
        }
        if let Ok(file) = self.file() {
            self.id.set(file.display().to_string());
        }
    }

    fn write(&self) -> Result<(), Diagnostic> {
        let told = |why: String| Diagnostic::error("could not write the orchard's file", why);
        let file = self.file().map_err(|error| told(error.to_string()))?;
        let trees = self.total().map_err(|error| told(error.to_string()))?;
        fs::write(file, trees.to_string()).map_err(|error| told(error.to_string()))
    }

    fn made(mut self) -> Outcome<Self> {
        match self.write() {
            Ok(()) => {
                self.record();
                Outcome::there(self)
            }
            Err(diagnostic) => Outcome::failed(diagnostic),
        }
    }
}

#[async_trait]
impl Managed for Orchards {
    type Model = Orchard;

    async fn validate(&self, _call: &Call, config: &Orchard) -> Vec<Diagnostic> {
        match config.total() {
            Ok(total) if total > 1500 => vec![
                Diagnostic::error(
                    "orchard has too many trees",
                    format!(
                        "There is water for 1500 trees, and the rows have {total}. Plant fewer."
                    ),
                )
                .at(Path::attribute("rows")),
            ],
            Ok(_) | Err(NotYetKnown) => Vec::new(),
        }
    }

    async fn plan(&self, _call: &Call, change: Change<Orchard>) -> Planned<Orchard> {
        let mut planned = change.as_planned();
        if let (true, Ok(total)) = (planned.planned.trees.is_unknown(), planned.planned.total()) {
            planned.planned.trees.set(total);
        }
        planned
    }

    async fn create(&self, _call: &Call, creation: Creation<Orchard>) -> Outcome<Orchard> {
        creation.planned.made()
    }

    async fn read(&self, _call: &Call, reading: Reading<Orchard>) -> Outcome<Orchard> {
        let Reading { mut prior, private } = reading;
        let Ok(file) = prior.file() else { return Outcome::there(prior) };
        match fs::read_to_string(file) {
            Ok(text) => {
                prior.trees.set(text.trim().parse().unwrap_or_default());
                Outcome::there(prior).with_private(private)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Outcome::gone(),
            Err(error) => Outcome::there(prior)
                .with(Diagnostic::error("could not read the orchard's file", error.to_string())),
        }
    }

    async fn update(&self, _call: &Call, change: PlannedChange<Orchard>) -> Outcome<Orchard> {
        change.planned.made()
    }

    async fn delete(&self, _call: &Call, deletion: Deletion<Orchard>) -> Outcome<Orchard> {
        match deletion.prior.file().map(fs::remove_file) {
            Ok(Err(error)) if error.kind() != ErrorKind::NotFound => Outcome::there(deletion.prior)
                .with(Diagnostic::error("could not delete the orchard's file", error.to_string())),
            Ok(_) | Err(NotYetKnown) => Outcome::gone(),
        }
    }
}

/// A harvest: how much the trees of an orchard bear.
#[derive(Clone, Debug, PartialEq, DataSource)]
#[data_source(name = "sample_harvest")]
pub struct Harvest {
    /// How many trees.
    pub trees: Required<i64>,
    /// Kilograms for each tree.
    #[attribute(default = 12.5)]
    pub each: Defaulted<f64>,
    /// Kilograms together.
    pub total: Computed<f64>,
}

struct Harvests;

#[async_trait]
impl Lookup for Harvests {
    type Model = Harvest;

    async fn read(
        &self,
        _call: &Call,
        mut config: Harvest,
    ) -> Result<(Harvest, Vec<Diagnostic>), Vec<Diagnostic>> {
        if let (Ok(trees), Ok(each)) = (config.trees.known(), config.each.known()) {
            let total = u32::try_from(*trees).map_or(0.0, f64::from) * each;
            config.total.set(total);
        }
        Ok((config, Vec::new()))
    }
}

/// The words to join.
#[derive(Clone, Debug, Arguments)]
pub struct JoinArguments {
    /// What stands between the words.
    pub between: Name,
    /// What stands for a word that is null.
    pub missing: Option<String>,
    /// The words.
    #[argument(variadic)]
    pub words: Vec<Option<String>>,
}

struct Join;

impl PureFunction for Join {
    type Arguments = JoinArguments;
    type Output = String;

    const NAME: &'static str = "join";
    const SUMMARY: &'static str = "Joins words.";
    const DESCRIPTION: &'static str = "Joins words with what stands between them.";

    fn call(&self, arguments: JoinArguments) -> Result<String, FunctionFault> {
        let JoinArguments { between, missing, words } = arguments;
        let missing = missing.unwrap_or_default();
        let words: Vec<_> =
            words.into_iter().map(|word| word.unwrap_or_else(|| missing.clone())).collect();
        Ok(words.join(between.as_str()))
    }
}
