package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/metaschema"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type referenceProvider struct{}

func newProvider() provider.Provider { return referenceProvider{} }

var (
	_ provider.ProviderWithFunctions          = referenceProvider{}
	_ provider.ProviderWithEphemeralResources = referenceProvider{}
	_ provider.ProviderWithListResources      = referenceProvider{}
	_ provider.ProviderWithActions            = referenceProvider{}
	_ provider.ProviderWithMetaSchema         = referenceProvider{}
	_ provider.ProviderWithValidateConfig     = referenceProvider{}
)

func (referenceProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "framework"
	resp.Version = "0.1.0"
}

func (referenceProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Objects that are files in a directory.",
		Attributes: map[string]schema.Attribute{
			"owner": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Whose objects they are.",
			},
			"token": schema.StringAttribute{
				Optional:            true,
				Sensitive:           true,
				MarkdownDescription: "A secret that is used for nothing.",
			},
			"proxy": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "A way to somewhere.",
				Attributes: map[string]schema.Attribute{
					"url": schema.StringAttribute{Required: true, MarkdownDescription: "Where."},
				},
			},
		},
		Blocks: map[string]schema.Block{
			"retry": schema.ListNestedBlock{
				MarkdownDescription: "How often.",
				NestedObject: schema.NestedBlockObject{
					Attributes: map[string]schema.Attribute{
						"times": schema.Int64Attribute{Optional: true, MarkdownDescription: "So often."},
					},
				},
			},
		},
	}
}

func (referenceProvider) MetaSchema(_ context.Context, _ provider.MetaSchemaRequest, resp *provider.MetaSchemaResponse) {
	resp.Schema = metaschema.Schema{
		Attributes: map[string]metaschema.Attribute{
			"module": metaschema.StringAttribute{Optional: true, MarkdownDescription: "Which module asks."},
		},
	}
}

func (referenceProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var owner types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("owner"), &owner)...)
	if owner.ValueString() == "nobody" {
		resp.Diagnostics.AddAttributeError(path.Root("owner"), "nobody owns nothing", "Expected somebody.")
	}
}

func (referenceProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var owner types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("owner"), &owner)...)
	resp.ResourceData = owner.ValueString()
}

func (referenceProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &objectResource{} }}
}

func (referenceProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return directoryLookup{} }}
}

func (referenceProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return token{} }}
}

func (referenceProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return join{} },
		func() function.Function { return describe{} },
	}
}

func (referenceProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{func() list.ListResource { return objectListing{} }}
}

func (referenceProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return touch{} }}
}
