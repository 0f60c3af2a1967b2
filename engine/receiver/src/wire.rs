//! What a bundled exporter asks, and what it is answered. Pure: bytes in, values out.

use hyper::Method;

pub mod answer;
pub mod bulk;

/// What a request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Records, to be answered for when they are durable.
    Bulk,
    /// A template, policy or setting of indices, which are not kept here: it is agreed to.
    SetUp,
    /// Indices of a pattern are to have a policy, or to have it no more: there are none.
    Policies,
    /// Who is there. Newer clients look at the product before anything else.
    Product,
    /// Something that is not there, such as the policy of that name.
    Nothing,
    /// No request of an exporter.
    Foreign,
}

impl Asked {
    /// Tells what is asked from its method and path.
    pub fn of(method: &Method, path: &str) -> Self {
        let policies = ["/_plugins/_ism/add/", "/_plugins/_ism/remove/"];
        match method.as_str() {
            "POST" | "PUT" if path == "/_bulk" => Self::Bulk,
            "POST" if policies.iter().any(|start| path.starts_with(start)) => Self::Policies,
            "PUT" if is_set_up(path) => Self::SetUp,
            "GET" | "HEAD" if path == "/" => Self::Product,
            "GET" | "HEAD" | "DELETE" if is_set_up(path) => Self::Nothing,
            _ => Self::Foreign,
        }
    }
}

/// Whether that path names a template, a policy, or the settings of indices.
fn is_set_up(path: &str) -> bool {
    let starts =
        ["/_component_template/", "/_index_template/", "/_ilm/policy/", "/_plugins/_ism/policies/"];
    starts.iter().any(|start| path.starts_with(start)) || path.ends_with("/_settings")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bulk("POST", "/_bulk", Asked::Bulk)]
    #[case::policy("PUT", "/_ilm/policy/zeebe-record-retention-policy", Asked::SetUp)]
    #[case::ism("PUT", "/_plugins/_ism/policies/zeebe", Asked::SetUp)]
    #[case::component("PUT", "/_component_template/zeebe-record", Asked::SetUp)]
    #[case::template("PUT", "/_index_template/zeebe-record_job_8.6.0", Asked::SetUp)]
    #[case::settings("PUT", "/zeebe-record*/_settings", Asked::SetUp)]
    #[case::add("POST", "/_plugins/_ism/add/zeebe-record*", Asked::Policies)]
    #[case::look("GET", "/_plugins/_ism/policies/zeebe", Asked::Nothing)]
    #[case::product("GET", "/", Asked::Product)]
    #[case::search("POST", "/zeebe-record*/_search", Asked::Foreign)]
    #[case::index("PUT", "/zeebe-record", Asked::Foreign)]
    #[case::other_bulk("GET", "/_bulk", Asked::Foreign)]
    fn a_request_is_known_by_method_and_path(
        #[case] method: Method,
        #[case] path: &str,
        #[case] asked: Asked,
    ) {
        assert_eq!(Asked::of(&method, path), asked);
    }
}
