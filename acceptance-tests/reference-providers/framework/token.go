package main

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A secret that is lent for a while.
type token struct{}

var (
	_ ephemeral.EphemeralResourceWithRenew = token{}
	_ ephemeral.EphemeralResourceWithClose = token{}
)

const lease = time.Minute

func (token) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "framework_token"
}

func (token) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A token that is of use to nobody.",
		Attributes: map[string]schema.Attribute{
			"name":   schema.StringAttribute{Required: true, MarkdownDescription: "Whose."},
			"length": schema.Int64Attribute{Optional: true, Computed: true, MarkdownDescription: "How long, 8 unless said."},
			"value":  schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The token."},
		},
	}
}

func (token) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	name := attribute[types.String](ctx, req.Config, "name", &resp.Diagnostics)
	length := attribute[types.Int64](ctx, req.Config, "length", &resp.Diagnostics)
	if length.IsNull() {
		length = types.Int64Value(8)
	}
	if length.ValueInt64() < 1 {
		resp.Diagnostics.AddAttributeError(rootOf("length"), "too short", "Expected 1 or more.")
		return
	}
	value := make([]byte, length.ValueInt64())
	for at := range value {
		value[at] = 'x'
	}
	resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, rootOf("name"), name)...)
	resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, rootOf("length"), length)...)
	resp.Diagnostics.Append(resp.Result.SetAttribute(ctx, rootOf("value"), string(value))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "lease", []byte(`{"renewals":0}`))...)
	resp.RenewAt = time.Now().Add(lease)
}

func (token) Renew(ctx context.Context, req ephemeral.RenewRequest, resp *ephemeral.RenewResponse) {
	held, diags := req.Private.GetKey(ctx, "lease")
	resp.Diagnostics.Append(diags...)
	if held == nil {
		resp.Diagnostics.AddError("there is no such lease", "What the opening kept did not come back.")
		return
	}
	resp.RenewAt = time.Now().Add(lease)
}

func (token) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	held, diags := req.Private.GetKey(ctx, "lease")
	resp.Diagnostics.Append(diags...)
	if held == nil {
		resp.Diagnostics.AddError("there is no such lease", "What the opening kept did not come back.")
	}
}
