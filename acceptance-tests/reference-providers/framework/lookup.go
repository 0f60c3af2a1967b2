package main

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// What is in a directory.
type directoryLookup struct{}

type directoryModel struct {
	Directory types.String            `tfsdk:"directory"`
	Prefix    types.String            `tfsdk:"prefix"`
	Names     types.List              `tfsdk:"names"`
	Objects   map[string]objectOfView `tfsdk:"objects"`
}

type objectOfView struct {
	ID    types.String `tfsdk:"id"`
	Bytes types.Int64  `tfsdk:"bytes"`
}

func (directoryLookup) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "framework_directory"
}

func (directoryLookup) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The objects of a directory.",
		Attributes: map[string]schema.Attribute{
			"directory": schema.StringAttribute{Required: true, MarkdownDescription: "The directory."},
			"prefix":    schema.StringAttribute{Optional: true, MarkdownDescription: "How their names begin."},
			"names": schema.ListAttribute{
				Computed: true, ElementType: types.StringType, MarkdownDescription: "Their names in order.",
			},
			"objects": schema.MapNestedAttribute{
				Computed: true, MarkdownDescription: "The objects by their names.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":    schema.StringAttribute{Computed: true, MarkdownDescription: "Where it is."},
					"bytes": schema.Int64Attribute{Computed: true, MarkdownDescription: "How long it is."},
				}},
			},
		},
	}
}

func (directoryLookup) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model directoryModel
	model.Directory = attribute[types.String](ctx, req.Config, "directory", &resp.Diagnostics)
	model.Prefix = attribute[types.String](ctx, req.Config, "prefix", &resp.Diagnostics)
	found, err := names(model.Directory.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(rootOf("directory"), "could not read the directory", err.Error())
		return
	}
	model.Objects = map[string]objectOfView{}
	kept := []string{}
	for _, name := range found {
		if prefix := model.Prefix.ValueString(); len(name) < len(prefix) || name[:len(prefix)] != prefix {
			continue
		}
		at := place(model.Directory.ValueString(), name)
		info, err := os.Stat(at)
		if err != nil {
			// It went between the two looks.
			continue
		}
		kept = append(kept, name)
		model.Objects[name] = objectOfView{ID: types.StringValue(at), Bytes: types.Int64Value(info.Size())}
	}
	list, diags := types.ListValueFrom(ctx, types.StringType, kept)
	resp.Diagnostics.Append(diags...)
	model.Names = list
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
