package main

import (
	"context"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Touches an object's file.
type touch struct{}

var _ action.ActionWithModifyPlan = touch{}

func (touch) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "framework_touch"
}

func (touch) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes an object's file look new.",
		Attributes: map[string]schema.Attribute{
			"id":    schema.StringAttribute{Required: true, MarkdownDescription: "Where the object is."},
			"times": schema.Int64Attribute{Optional: true, MarkdownDescription: "How often; once unless said."},
		},
	}
}

func (touch) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	times := attribute[types.Int64](ctx, req.Config, "times", &resp.Diagnostics)
	if times.ValueInt64() < 0 {
		resp.Diagnostics.AddAttributeError(rootOf("times"), "less often than never", "Expected 0 or more.")
	}
}

func (touch) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	id := attribute[types.String](ctx, req.Config, "id", &resp.Diagnostics)
	times := attribute[types.Int64](ctx, req.Config, "times", &resp.Diagnostics)
	if times.IsNull() {
		times = types.Int64Value(1)
	}
	for range times.ValueInt64() {
		now := time.Now()
		if err := os.Chtimes(id.ValueString(), now, now); err != nil {
			resp.Diagnostics.AddAttributeError(rootOf("id"), "could not touch the object", err.Error())
			return
		}
		resp.SendProgress(action.InvokeProgressEvent{Message: "touched " + id.ValueString()})
	}
}
