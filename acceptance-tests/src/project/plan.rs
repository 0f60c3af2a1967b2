//! A plan, as `terraform show -json` tells it.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What terraform means to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What a person saw.
    pub text: String,
    json: Value,
}

/// What terraform means to do with one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Read a data source.
    Read,
    /// Make it.
    Create,
    /// Change it in place.
    Update,
    /// Remove it and make it again, in one order or the other.
    Replace,
    /// Remove it.
    Delete,
}

impl Plan {
    pub(super) fn new(text: String, json: Value) -> Self {
        Self { text, json }
    }

    /// Fails unless nothing at all would change: no resource and no output.
    pub fn is_empty(&self) -> Result<()> {
        for change in self.changes() {
            let action = action(change)?;
            ensure!(
                matches!(action, Action::Nothing | Action::Read),
                "{} would be {action:?}:\n{}",
                change["address"],
                self.text
            );
        }
        ensure!(
            self.json["applyable"] != Value::Bool(true),
            "something would change:\n{}",
            self.text
        );
        Ok(())
    }

    /// What would happen to that resource.
    pub fn action(&self, address: &str) -> Result<Action> {
        action(self.change(address)?)
    }

    /// That resource's attributes as they are planned.
    pub fn after(&self, address: &str) -> Result<&Value> {
        Ok(&self.change(address)?["change"]["after"])
    }

    /// The steps that the plan shows for a cluster: its planned `last_change`, one sentence each.
    pub fn steps(&self, address: &str) -> Result<Vec<String>> {
        let change = &self.change(address)?["change"];
        let steps = change["after"]["last_change"].as_array().with_context(|| {
            format!("the steps of {address} are not known at plan:\n{}", self.text)
        })?;
        Ok(steps.iter().map(|step| step.as_str().unwrap_or_default().to_owned()).collect())
    }

    fn change(&self, address: &str) -> Result<&Value> {
        self.changes()
            .find(|change| change["address"] == address)
            .with_context(|| format!("the plan does not name \"{address}\":\n{}", self.text))
    }

    fn changes(&self) -> impl Iterator<Item = &Value> {
        self.json["resource_changes"].as_array().into_iter().flatten()
    }
}

fn action(change: &Value) -> Result<Action> {
    let actions = change["change"]["actions"].as_array().context("a change has no actions")?;
    let names: Vec<&str> = actions.iter().filter_map(Value::as_str).collect();
    Ok(match names.as_slice() {
        ["no-op"] => Action::Nothing,
        ["read"] => Action::Read,
        ["create"] => Action::Create,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        [_, _] => Action::Replace,
        other => anyhow::bail!("an action of no known kind: {other:?}"),
    })
}
