package main

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithConfigure      = &objectResource{}
	_ resource.ResourceWithIdentity       = &objectResource{}
	_ resource.ResourceWithImportState    = &objectResource{}
	_ resource.ResourceWithModifyPlan     = &objectResource{}
	_ resource.ResourceWithMoveState      = &objectResource{}
	_ resource.ResourceWithUpgradeState   = &objectResource{}
	_ resource.ResourceWithValidateConfig = &objectResource{}
)

func rootOf(name string) path.Path { return path.Root(name) }

// What can be read attributes of.
type readable interface {
	GetAttribute(ctx context.Context, at path.Path, target any) diag.Diagnostics
}

// An attribute that is of that type.
func attribute[T attr.Value](ctx context.Context, from readable, name string, diags *diag.Diagnostics) T {
	var value T
	diags.Append(from.GetAttribute(ctx, rootOf(name), &value)...)
	return value
}

// Where the object of a plan or a state is.
func placeOf(ctx context.Context, from readable, diags *diag.Diagnostics) string {
	directory := attribute[types.String](ctx, from, "directory", diags)
	name := attribute[types.String](ctx, from, "name", diags)
	return place(directory.ValueString(), name.ValueString())
}

func identify(ctx context.Context, identity *tfsdk.ResourceIdentity, place string, diags *diag.Diagnostics) {
	if identity == nil {
		return
	}
	name := strings.TrimSuffix(filepath.Base(place), ending)
	diags.Append(identity.SetAttribute(ctx, rootOf("directory"), filepath.Dir(place))...)
	diags.Append(identity.SetAttribute(ctx, rootOf("name"), name)...)
}

// Writes what is planned: what was left open gets its value here.
func (r *objectResource) write(ctx context.Context, plan tfsdk.Plan, state *tfsdk.State, identity *tfsdk.ResourceIdentity, revision int64, diags *diag.Diagnostics) {
	at := placeOf(ctx, plan, diags)
	fails := attribute[types.Bool](ctx, plan, "fails", diags)
	state.Raw = plan.Raw
	owner := attribute[types.String](ctx, plan, "owner", diags)
	diags.Append(state.SetAttribute(ctx, rootOf("id"), at)...)
	diags.Append(state.SetAttribute(ctx, rootOf("revision"), revision)...)
	if owner.IsUnknown() {
		diags.Append(state.SetAttribute(ctx, rootOf("owner"), r.owner)...)
	}
	if diags.HasError() {
		return
	}
	object, err := settled(state.Raw, revision)
	if err == nil {
		err = save(at, object)
	}
	if err != nil {
		diags.AddError("could not write the object", err.Error())
		return
	}
	state.Raw = object
	identify(ctx, identity, at, diags)
	if fails.ValueBool() {
		diags.AddAttributeError(rootOf("fails"), "it was to fail", "It was written all the same.")
	}
}

func (r *objectResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.write(ctx, req.Plan, &resp.State, resp.Identity, 1, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "made", []byte(`{"by":"create"}`))...)
}

func (r *objectResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	made, diags := req.Private.GetKey(ctx, "made")
	resp.Diagnostics.Append(diags...)
	if made == nil {
		resp.Diagnostics.AddError("the private state is gone", "What the creation kept did not come back.")
		return
	}
	revision := attribute[types.Int64](ctx, req.State, "revision", &resp.Diagnostics)
	r.write(ctx, req.Plan, &resp.State, resp.Identity, revision.ValueInt64()+1, &resp.Diagnostics)
}

func (r *objectResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	at := placeOf(ctx, req.State, &resp.Diagnostics)
	object, found, err := load(at, req.State.Raw.Type())
	switch {
	case err != nil:
		resp.Diagnostics.AddError("could not read the object", err.Error())
	case !found:
		resp.State.RemoveResource(ctx)
	default:
		text := attribute[caseless](ctx, tfsdk.State{Raw: object, Schema: req.State.Schema}, "caseless", &resp.Diagnostics)
		resp.State.Raw = object
		if !text.IsNull() {
			// As many stores do: what comes back is spelled otherwise, and means the same.
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, rootOf("caseless"), strings.ToUpper(text.ValueString()))...)
		}
		identify(ctx, resp.Identity, at, &resp.Diagnostics)
	}
}

func (*objectResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if err := remove(placeOf(ctx, req.State, &resp.Diagnostics)); err != nil {
		resp.Diagnostics.AddError("could not remove the object", err.Error())
	}
}

func (*objectResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.AddWarning("the file will be removed", "What is in it is in the state as well.")
		return
	}
	directory := attribute[types.String](ctx, req.Plan, "directory", &resp.Diagnostics)
	name := attribute[types.String](ctx, req.Plan, "name", &resp.Diagnostics)
	id := attribute[types.String](ctx, req.Plan, "id", &resp.Diagnostics)
	if id.IsUnknown() && !directory.IsUnknown() && !name.IsUnknown() {
		at := place(directory.ValueString(), name.ValueString())
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, rootOf("id"), at)...)
	}
}

func (*objectResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	at := req.ID
	if at == "" {
		directory := attribute[types.String](ctx, req.Identity, "directory", &resp.Diagnostics)
		name := attribute[types.String](ctx, req.Identity, "name", &resp.Diagnostics)
		at = place(directory.ValueString(), name.ValueString())
	}
	object, found, err := load(at, resp.State.Raw.Type())
	if err != nil || !found {
		resp.Diagnostics.AddError("there is no such object", "Nothing that can be read is at \""+at+"\".")
		return
	}
	resp.State.Raw = object
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, "made", []byte(`{"by":"import"}`))...)
	identify(ctx, resp.Identity, at, &resp.Diagnostics)
}

// The first version knew a name and a directory, and called the text `content`.
func firstSchema() *schema.Schema {
	return &schema.Schema{Attributes: map[string]schema.Attribute{
		"id":        schema.StringAttribute{Computed: true},
		"directory": schema.StringAttribute{Required: true},
		"name":      schema.StringAttribute{Required: true},
		"content":   schema.StringAttribute{Optional: true},
	}}
}

// An object of today with what one of the first version had.
func fromFirst(ctx context.Context, first *tfsdk.State, state *tfsdk.State, diags *diag.Diagnostics) {
	at := placeOf(ctx, first, diags)
	for name, value := range map[string]any{
		"id":        at,
		"directory": attribute[types.String](ctx, first, "directory", diags),
		"name":      attribute[types.String](ctx, first, "name", diags),
		"text":      attribute[types.String](ctx, first, "content", diags),
		"revision":  int64(1),
		"owner":     "",
		"flag":      true,
	} {
		diags.Append(state.SetAttribute(ctx, rootOf(name), value)...)
	}
}

func (*objectResource) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return map[int64]resource.StateUpgrader{0: {
		PriorSchema: firstSchema(),
		StateUpgrader: func(ctx context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
			fromFirst(ctx, req.State, &resp.State, &resp.Diagnostics)
		},
	}}
}

func (*objectResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{
		SourceSchema: firstSchema(),
		StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			if req.SourceTypeName != "framework_file" || req.SourceState == nil {
				return
			}
			fromFirst(ctx, req.SourceState, &resp.TargetState, &resp.Diagnostics)
		},
	}}
}
