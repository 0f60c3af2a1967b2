package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The objects of a directory, one event each.
type objectListing struct{}

func (objectListing) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "framework_object"
}

func (objectListing) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The objects of a directory.",
		Attributes: map[string]schema.Attribute{
			"directory": schema.StringAttribute{Required: true, MarkdownDescription: "The directory."},
		},
	}
}

func (objectListing) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	directory := attribute[types.String](ctx, req.Config, "directory", &diags)
	found, err := names(directory.ValueString())
	if err != nil {
		diags.AddAttributeError(rootOf("directory"), "could not read the directory", err.Error())
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for at, name := range found {
			if int64(at) >= req.Limit && req.Limit > 0 {
				return
			}
			result := req.NewListResult(ctx)
			result.DisplayName = name
			identify(ctx, result.Identity, place(directory.ValueString(), name), &result.Diagnostics)
			if req.IncludeResource {
				object, there, err := load(place(directory.ValueString(), name), result.Resource.Raw.Type())
				if err != nil {
					result.Diagnostics.AddError("could not read the object", err.Error())
				} else if there {
					result.Resource.Raw = object
				}
			}
			if !push(result) {
				return
			}
		}
	}
}
