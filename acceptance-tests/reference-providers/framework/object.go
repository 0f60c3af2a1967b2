package main

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A resource with an attribute of every kind.
type objectResource struct{ owner string }

func (*objectResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "framework_object"
}

func (*objectResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = objectSchema()
}

func objectSchema() schema.Schema {
	kept := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	fixed := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	part := map[string]schema.Attribute{
		"text": schema.StringAttribute{Required: true, MarkdownDescription: "What it says."},
		"size": schema.Int64Attribute{
			Optional: true, Computed: true, Default: int64default.StaticInt64(1), MarkdownDescription: "How large it is.",
		},
	}
	made := map[string]schema.Attribute{
		"text": schema.StringAttribute{Optional: true, MarkdownDescription: "What it says."},
		"digest": schema.StringAttribute{
			Computed: true, MarkdownDescription: "What was made of it.", PlanModifiers: kept,
		},
	}
	return schema.Schema{
		Version:             1,
		MarkdownDescription: "A file in a directory.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, MarkdownDescription: "Where it is.", PlanModifiers: kept},
			"directory": schema.StringAttribute{
				Required: true, MarkdownDescription: "The directory.", PlanModifiers: fixed,
			},
			"name": schema.StringAttribute{
				Required: true, MarkdownDescription: "Its name.", PlanModifiers: fixed,
				Validators: []validator.String{plainName{}},
			},
			"revision": schema.Int64Attribute{Computed: true, MarkdownDescription: "How often it was written."},
			"owner":    schema.StringAttribute{Computed: true, MarkdownDescription: "Whose it is.", PlanModifiers: kept},
			"fails":    schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether it is written and then fails."},

			"flag": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true), MarkdownDescription: "Yes or no.",
			},
			"text":     schema.StringAttribute{Optional: true, MarkdownDescription: "Some text."},
			"caseless": schema.StringAttribute{Optional: true, CustomType: caselessType{}, MarkdownDescription: "Text in any case."},
			"chosen":   schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Yours or ours.", PlanModifiers: kept},
			"whole":    schema.Int64Attribute{Optional: true, MarkdownDescription: "A whole number."},
			"small":    schema.Int32Attribute{Optional: true, MarkdownDescription: "A smaller one."},
			"broken":   schema.Float64Attribute{Optional: true, MarkdownDescription: "A fraction."},
			"rough":    schema.Float32Attribute{Optional: true, MarkdownDescription: "A rough one."},
			"exact":    schema.NumberAttribute{Optional: true, MarkdownDescription: "Any number."},
			"anything": schema.DynamicAttribute{Optional: true, MarkdownDescription: "A value of any type."},

			"words": schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "In order."},
			"ports": schema.SetAttribute{Optional: true, ElementType: types.Int64Type, MarkdownDescription: "In no order."},
			"tags":  schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "By name."},
			"pair": schema.ObjectAttribute{
				Optional: true, MarkdownDescription: "Two things.",
				AttributeTypes: map[string]attr.Type{"left": types.StringType, "right": types.NumberType},
			},

			"single": schema.SingleNestedAttribute{Optional: true, Attributes: made, MarkdownDescription: "One part."},
			"row": schema.ListNestedAttribute{
				Optional: true, MarkdownDescription: "Parts in order.",
				NestedObject: schema.NestedAttributeObject{Attributes: part},
			},
			"heap": schema.SetNestedAttribute{
				Optional: true, MarkdownDescription: "Parts in no order.",
				NestedObject: schema.NestedAttributeObject{Attributes: part},
			},
			"named": schema.MapNestedAttribute{
				Optional: true, MarkdownDescription: "Parts by name.",
				NestedObject: schema.NestedAttributeObject{Attributes: made},
			},

			"secret": schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Kept, not shown."},
			"password": schema.StringAttribute{
				Optional: true, WriteOnly: true, MarkdownDescription: "Neither kept nor shown.",
			},
			"password_version": schema.Int64Attribute{Optional: true, MarkdownDescription: "Another one with a new password."},
			"old": schema.StringAttribute{
				Optional: true, DeprecationMessage: "Use text.", MarkdownDescription: "What `text` was.",
			},
		},
		Blocks: map[string]schema.Block{
			"limits": schema.SingleNestedBlock{
				MarkdownDescription: "One block.",
				Attributes: map[string]schema.Attribute{
					"most": schema.Int64Attribute{Optional: true, MarkdownDescription: "At most."},
				},
			},
			"rule": schema.ListNestedBlock{
				MarkdownDescription: "Blocks in order.",
				NestedObject:        schema.NestedBlockObject{Attributes: part},
			},
			"label": schema.SetNestedBlock{
				MarkdownDescription: "Blocks in no order.",
				NestedObject: schema.NestedBlockObject{Attributes: map[string]schema.Attribute{
					"text": schema.StringAttribute{Required: true, MarkdownDescription: "What it says."},
				}},
			},
		},
	}
}

func (*objectResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"directory": identityschema.StringAttribute{RequiredForImport: true, Description: "The directory."},
			"name":      identityschema.StringAttribute{RequiredForImport: true, Description: "Its name."},
		},
	}
}

// A name that is no path.
type plainName struct{}

func (plainName) Description(context.Context) string         { return "must be a name without a slash" }
func (plainName) MarkdownDescription(context.Context) string { return "must be a name without a slash" }

func (plainName) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	for _, letter := range req.ConfigValue.ValueString() {
		if letter == '/' {
			resp.Diagnostics.AddAttributeError(req.Path, "this is no name", "Expected a name without a slash.")
			return
		}
	}
}

func (*objectResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var exact types.Number
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, rootOf("exact"), &exact)...)
	if value := exact.ValueBigFloat(); value != nil && value.Cmp(big.NewFloat(0)) < 0 {
		resp.Diagnostics.AddAttributeError(rootOf("exact"), "less than nothing", "Expected 0 or more.")
	}
}

func (r *objectResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil {
		return
	}
	owner, ok := req.ProviderData.(string)
	if !ok {
		resp.Diagnostics.Append(diag.NewErrorDiagnostic("no owner", "The provider gave something else."))
	}
	r.owner = owner
}
