package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"
)

// What a user may change. A write-only value is no part of it, as no difference shows for it.
var wished = []string{
	"fails", "flag", "text", "caseless", "chosen", "whole", "broken", "words", "ports", "tags", "single", "row", "heap", "secret",
	"password_version", "old",
}

// What is kept of an object.
var kept = append([]string{"directory", "name", "revision", "owner"}, wished...)

// A resource with an attribute of every kind.
func objectResource() *schema.Resource {
	part := &schema.Resource{Schema: map[string]*schema.Schema{
		"text": {Type: schema.TypeString, Required: true, Description: "What it says."},
		"size": {Type: schema.TypeInt, Optional: true, Default: 1, Description: "How large it is."},
	}}
	made := &schema.Resource{Schema: map[string]*schema.Schema{
		"text":   {Type: schema.TypeString, Optional: true, Description: "What it says."},
		"digest": {Type: schema.TypeString, Computed: true, Description: "What was made of it."},
	}}
	return &schema.Resource{
		Description:   "A file in a directory.",
		SchemaVersion: 1,
		Schema: map[string]*schema.Schema{
			"directory": {Type: schema.TypeString, Required: true, ForceNew: true, Description: "The directory."},
			"name": {
				Type: schema.TypeString, Required: true, ForceNew: true, Description: "Its name.",
				ValidateDiagFunc: validation.ToDiagFunc(validation.StringMatch(regexp.MustCompile(`^[^/]+$`), "must have no slash")),
			},
			"revision": {Type: schema.TypeInt, Computed: true, Description: "How often it was written."},
			"owner":    {Type: schema.TypeString, Computed: true, Description: "Whose it is."},
			"fails":    {Type: schema.TypeBool, Optional: true, Description: "Whether it is written and then fails."},

			"flag": {Type: schema.TypeBool, Optional: true, Default: true, Description: "Yes or no."},
			"text": {Type: schema.TypeString, Optional: true, Description: "Some text."},
			"caseless": {
				Type: schema.TypeString, Optional: true, Description: "Text in any case.",
				DiffSuppressFunc: func(_, old, new string, _ *schema.ResourceData) bool { return strings.EqualFold(old, new) },
			},
			"chosen": {Type: schema.TypeString, Optional: true, Computed: true, Description: "Yours or ours."},
			"whole": {
				Type: schema.TypeInt, Optional: true, Description: "A whole number.",
				ValidateFunc: validation.IntAtLeast(0), //nolint:staticcheck // what there is to use is used
			},
			"broken": {Type: schema.TypeFloat, Optional: true, Description: "A fraction."},
			"words": {
				Type: schema.TypeList, Optional: true, Description: "In order.",
				Elem: &schema.Schema{Type: schema.TypeString},
			},
			"ports": {
				Type: schema.TypeSet, Optional: true, Description: "In no order.",
				Elem: &schema.Schema{Type: schema.TypeInt},
			},
			"tags": {
				Type: schema.TypeMap, Optional: true, Description: "By name.",
				Elem: &schema.Schema{Type: schema.TypeString},
			},
			"single": {Type: schema.TypeList, Optional: true, MaxItems: 1, Elem: made, Description: "One part."},
			"row":    {Type: schema.TypeList, Optional: true, Elem: part, Description: "Parts in order."},
			"heap":   {Type: schema.TypeSet, Optional: true, Elem: part, Description: "Parts in no order."},

			"secret":           {Type: schema.TypeString, Optional: true, Sensitive: true, Description: "Kept, not shown."},
			"password":         {Type: schema.TypeString, Optional: true, WriteOnly: true, Description: "Neither kept nor shown."},
			"password_version": {Type: schema.TypeInt, Optional: true, Description: "Another one with a new password."},
			"old": {
				Type: schema.TypeString, Optional: true, Deprecated: "Use text.", Description: "What text was.",
				ConflictsWith: []string{"text"},
			},
		},
		Identity: &schema.ResourceIdentity{
			Version: 0,
			SchemaFunc: func() map[string]*schema.Schema {
				return map[string]*schema.Schema{
					"directory": {Type: schema.TypeString, RequiredForImport: true, Description: "The directory."},
					"name":      {Type: schema.TypeString, RequiredForImport: true, Description: "Its name."},
				}
			},
		},
		Timeouts: &schema.ResourceTimeout{Create: schema.DefaultTimeout(time.Minute), Delete: schema.DefaultTimeout(time.Minute)},
		CustomizeDiff: func(_ context.Context, diff *schema.ResourceDiff, _ any) error {
			if diff.Id() == "" {
				return nil
			}
			for _, key := range wished {
				before, after := diff.GetChange(key)
				// A difference that is suppressed is none, and would be planned for ever.
				if key == "caseless" && strings.EqualFold(fmt.Sprint(before), fmt.Sprint(after)) {
					continue
				}
				if diff.HasChange(key) {
					return diff.SetNewComputed("revision")
				}
			}
			return nil
		},
		StateUpgraders: []schema.StateUpgrader{{
			Version: 0,
			Type:    firstResource().CoreConfigSchema().ImpliedType(),
			Upgrade: func(_ context.Context, state map[string]any, _ any) (map[string]any, error) {
				state["text"] = state["content"]
				delete(state, "content")
				return state, nil
			},
		}},
		Importer:      &schema.ResourceImporter{StateContext: importObject},
		CreateContext: createObject,
		ReadContext:   readObject,
		UpdateContext: updateObject,
		DeleteContext: deleteObject,
	}
}

// The first version knew a name and a directory, and called the text `content`.
func firstResource() *schema.Resource {
	return &schema.Resource{Schema: map[string]*schema.Schema{
		"directory": {Type: schema.TypeString, Required: true},
		"name":      {Type: schema.TypeString, Required: true},
		"content":   {Type: schema.TypeString, Optional: true},
	}}
}

// A text of the configuration; the library has already seen that it is one.
func text(data *schema.ResourceData, name string) string { return fmt.Sprint(data.Get(name)) }
