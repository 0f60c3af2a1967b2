//! The management port of a receiver: whether it lives and reaches the place that it brings records to. Here it always does.

use zeebe_spec::ReceiverIndex;

use crate::host::reply::{Answer, Asked};
use crate::model::Model;

/// `None` where nobody listens.
pub(super) fn answer(model: &Model, index: ReceiverIndex, asked: &Asked) -> Option<Answer> {
    model.receiver_answers(index).then(|| match asked.path.as_str() {
        "/ready" => Answer::line(200, "ready"),
        "/health" => Answer::line(200, "alive"),
        _ => Answer::line(404, "/health and /ready are here"),
    })
}
