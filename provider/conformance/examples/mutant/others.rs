//! What needs no state: a token, a list, an action.

use tf_conformance::rules::Rule;
use tf_conformance::ty::Type;
use tf_conformance::value::Value;
use tf_conformance::wire;
use tonic::Status;
use zeebe_proto::tfplugin6::invoke_action::event::{Completed, Progress, Type as Said};
use zeebe_proto::tfplugin6::{
    close_ephemeral_resource, invoke_action, list_resource, open_ephemeral_resource,
};

use crate::objects::{identity, kept, received, thing_type, with};
use crate::schemas::error;
use crate::service::Service;

impl Service {
    pub(crate) fn open(
        &self,
        request: &open_ephemeral_resource::Request,
    ) -> Result<open_ephemeral_resource::Response, Status> {
        let attributes = ["name", "value"].map(|name| (name.to_owned(), Type::Text));
        let ty = Type::Object(attributes.into());
        let config = received(request.config.as_ref(), &ty)?;
        let mut response = open_ephemeral_resource::Response::default();
        if self.mutant.breaks(Rule::EphemeralOpens) {
            response.diagnostics.push(error("no tokens today"));
            return Ok(response);
        }
        let unknown = self.mutant.breaks(Rule::EphemeralType);
        let value = if unknown { Value::UNKNOWN } else { Value::text("token") };
        response.result = Some(wire::encode(&with(&config, "value", value), &ty));
        Ok(response)
    }

    pub(crate) fn close(&self) -> close_ephemeral_resource::Response {
        let failed = self.mutant.breaks(Rule::EphemeralClose);
        let diagnostics = failed.then(|| error("cannot be closed")).into_iter().collect();
        close_ephemeral_resource::Response { diagnostics }
    }

    pub(crate) fn list(
        &self,
        request: &list_resource::Request,
    ) -> Result<Vec<list_resource::Event>, Status> {
        let ty = Type::Object([("directory".to_owned(), Type::Text)].into());
        let config = received(request.config.as_ref(), &ty)?;
        let thing_type = thing_type(self.mutant);
        let directory = config.member("directory").as_text().unwrap_or_default();
        let files = camino::Utf8Path::new(directory).read_dir_utf8();
        let files = files.map_err(|error| Status::internal(error.to_string()))?;
        let things = files
            .filter_map(|file| kept(&file.ok()?.into_path(), &thing_type))
            .map(|thing| self.event(&thing, &thing_type));
        Ok(things.collect())
    }

    fn event(&self, thing: &Value, ty: &Type) -> list_resource::Event {
        let nameless = self.mutant.breaks(Rule::ListIdentity);
        let bare = self.mutant.breaks(Rule::ListObject);
        list_resource::Event {
            identity: identity(thing).filter(|_| !nameless),
            display_name: thing.member("name").as_text().unwrap_or_default().to_owned(),
            resource_object: (!bare).then(|| wire::encode(thing, ty)),
            diagnostic: Vec::new(),
        }
    }

    pub(crate) fn touch(&self) -> Vec<invoke_action::Event> {
        let progress = Said::Progress(Progress { message: "touching".to_owned() });
        let completed = Said::Completed(Completed { diagnostics: Vec::new() });
        let mut said = vec![progress, completed.clone()];
        if self.mutant.breaks(Rule::ActionCompleted) {
            said.push(completed);
        }
        said.into_iter().map(|it| invoke_action::Event { r#type: Some(it) }).collect()
    }
}
