//! The schema of a provider of protocol 5: the one message whose fields have other numbers than in protocol 6.

use std::collections::HashMap;

use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use zeebe_proto::tfplugin6::{
    self as wire6, Diagnostic, Function, ServerCapabilities, get_provider_schema,
};

use super::Dialect;

#[derive(Clone, PartialEq, prost::Message)]
struct Answer {
    #[prost(message, optional, tag = "1")]
    provider: Option<Schema>,
    #[prost(map = "string, message", tag = "2")]
    resource_schemas: HashMap<String, Schema>,
    #[prost(map = "string, message", tag = "3")]
    data_source_schemas: HashMap<String, Schema>,
    #[prost(message, repeated, tag = "4")]
    diagnostics: Vec<Diagnostic>,
    #[prost(message, optional, tag = "5")]
    provider_meta: Option<Schema>,
    #[prost(message, optional, tag = "6")]
    server_capabilities: Option<ServerCapabilities>,
    #[prost(map = "string, message", tag = "7")]
    functions: HashMap<String, Function>,
    #[prost(map = "string, message", tag = "8")]
    ephemeral_resource_schemas: HashMap<String, Schema>,
    #[prost(map = "string, message", tag = "9")]
    list_resource_schemas: HashMap<String, Schema>,
    #[prost(map = "string, message", tag = "11")]
    action_schemas: HashMap<String, ActionSchema>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ActionSchema {
    #[prost(message, optional, tag = "1")]
    schema: Option<Schema>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Schema {
    #[prost(int64, tag = "1")]
    version: i64,
    #[prost(message, optional, tag = "2")]
    block: Option<Block>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Block {
    #[prost(int64, tag = "1")]
    version: i64,
    #[prost(message, repeated, tag = "2")]
    attributes: Vec<Attribute>,
    #[prost(message, repeated, tag = "3")]
    nested: Vec<NestedBlock>,
    #[prost(bool, tag = "6")]
    deprecated: bool,
    #[prost(string, tag = "7")]
    deprecation_message: String,
    #[prost(bool, tag = "8")]
    computed: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "the message has them")]
#[derive(Clone, PartialEq, prost::Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes = "vec", tag = "2")]
    ty: Vec<u8>,
    #[prost(bool, tag = "4")]
    required: bool,
    #[prost(bool, tag = "5")]
    optional: bool,
    #[prost(bool, tag = "6")]
    computed: bool,
    #[prost(bool, tag = "7")]
    sensitive: bool,
    #[prost(bool, tag = "9")]
    deprecated: bool,
    #[prost(bool, tag = "10")]
    write_only: bool,
    #[prost(string, tag = "11")]
    deprecation_message: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct NestedBlock {
    #[prost(string, tag = "1")]
    type_name: String,
    #[prost(message, optional, tag = "2")]
    block: Option<Block>,
    #[prost(int32, tag = "3")]
    nesting: i32,
    #[prost(int64, tag = "4")]
    min_items: i64,
    #[prost(int64, tag = "5")]
    max_items: i64,
}

/// Asks for the schema by the name and in the numbers of protocol 5.
pub(super) async fn schema(
    dialect: Dialect,
    limit: usize,
) -> Result<Response<get_provider_schema::Response>, Status> {
    let mut client = tonic::client::Grpc::new(dialect).max_decoding_message_size(limit);
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let codec = ProstCodec::<get_provider_schema::Request, Answer>::default();
    let path = PathAndQuery::from_static("/tfplugin5.Provider/GetSchema");
    let answer = client.unary(Request::new(get_provider_schema::Request {}), path, codec).await?;
    Ok(answer.map(in_protocol_6))
}

fn in_protocol_6(answer: Answer) -> get_provider_schema::Response {
    let all = |schemas: HashMap<String, Schema>| {
        schemas.into_iter().map(|(name, it)| (name, schema_6(it))).collect()
    };
    get_provider_schema::Response {
        provider: answer.provider.map(schema_6),
        resource_schemas: all(answer.resource_schemas),
        data_source_schemas: all(answer.data_source_schemas),
        functions: answer.functions,
        ephemeral_resource_schemas: all(answer.ephemeral_resource_schemas),
        list_resource_schemas: all(answer.list_resource_schemas),
        state_store_schemas: HashMap::new(),
        action_schemas: answer
            .action_schemas
            .into_iter()
            .map(|(name, it)| (name, wire6::ActionSchema { schema: it.schema.map(schema_6) }))
            .collect(),
        diagnostics: answer.diagnostics,
        provider_meta: answer.provider_meta.map(schema_6),
        server_capabilities: answer.server_capabilities,
    }
}

fn schema_6(Schema { version, block }: Schema) -> wire6::Schema {
    wire6::Schema { version, block: block.map(block_6) }
}

fn block_6(block: Block) -> wire6::schema::Block {
    let attribute = |it: Attribute| wire6::schema::Attribute {
        name: it.name,
        r#type: it.ty,
        required: it.required,
        optional: it.optional,
        computed: it.computed,
        sensitive: it.sensitive,
        deprecated: it.deprecated,
        write_only: it.write_only,
        deprecation_message: it.deprecation_message,
        ..wire6::schema::Attribute::default()
    };
    let nested = |it: NestedBlock| wire6::schema::NestedBlock {
        type_name: it.type_name,
        block: it.block.map(block_6),
        nesting: it.nesting,
        min_items: it.min_items,
        max_items: it.max_items,
    };
    wire6::schema::Block {
        version: block.version,
        attributes: block.attributes.into_iter().map(attribute).collect(),
        block_types: block.nested.into_iter().map(nested).collect(),
        deprecated: block.deprecated,
        deprecation_message: block.deprecation_message,
        computed: block.computed,
        ..wire6::schema::Block::default()
    }
}
