//! What others belong to: it stands before them, and goes after them.

use camino::Utf8Path;

use super::RunError;
use super::resources::config;
use crate::actor::{Actor, Object, Stop};
use crate::case::{NeedCase, Outcome, StepCase};
use crate::session::Session;
use crate::value::Value;

/// Objects that stand, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    made: Vec<Made>,
}

#[derive(Debug)]
struct Made {
    type_name: String,
    config: Value,
    object: Object,
}

impl Standing {
    /// Makes what a case needs; none where one cannot be made, which is told as what any case is told of.
    pub(crate) async fn of(
        session: &mut Session,
        needs: &[NeedCase],
        directory: &Utf8Path,
    ) -> Result<Option<Self>, RunError> {
        let mut standing = Self::default();
        for need in needs {
            let mut actor = Actor::new(session, &need.type_name)
                .ok_or_else(|| RunError::Absent(need.type_name.clone()))?;
            let config = config(&actor, &need.config, directory, &Value::Null)?;
            let step = StepCase {
                config: need.config.clone(),
                unknown: Vec::new(),
                outcome: Outcome::Succeeds,
            };
            let stood = actor.step(&step, &config, "what is needed").await;
            let object = actor.object.clone();
            if !object.value.is_null() {
                standing.made.push(Made { type_name: need.type_name.clone(), config, object });
            }
            if stood.is_err() {
                standing.destroy(session).await?;
                return Ok(None);
            }
        }
        Ok(Some(standing))
    }

    /// What belongs to them changes nothing about them: they read as they were made, and nothing is left to do.
    pub(crate) async fn rest(&mut self, session: &mut Session) -> Result<(), RunError> {
        for made in &mut self.made {
            let mut actor = made.actor(session)?;
            let rested = actor.rest(&made.config, "beside what needs it").await;
            let object = actor.object.clone();
            if rested != Err(Stop::Broken) {
                made.object = object;
            }
        }
        Ok(())
    }

    /// Destroys them, the last first.
    pub(crate) async fn destroy(self, session: &mut Session) -> Result<(), RunError> {
        for made in self.made.into_iter().rev() {
            let mut actor = made.actor(session)?;
            if let Err(Stop::Refused(why)) = actor.destroy("destroy what was needed").await {
                actor.unlike_the_case("destroy what was needed", "no error", &why);
            }
        }
        Ok(())
    }
}

impl Made {
    fn actor<'s>(&self, session: &'s mut Session) -> Result<Actor<'s>, RunError> {
        let mut actor = Actor::new(session, &self.type_name)
            .ok_or_else(|| RunError::Absent(self.type_name.clone()))?;
        actor.object = self.object.clone();
        Ok(actor)
    }
}
