package main

import (
	"context"
	"errors"
	"os"

	"github.com/hashicorp/go-cty/cty"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

func newProvider() *schema.Provider {
	return &schema.Provider{
		Schema: map[string]*schema.Schema{
			"owner": {
				Type:        schema.TypeString,
				Optional:    true,
				DefaultFunc: schema.EnvDefaultFunc("REFERENCE_OWNER", "somebody"),
				Description: "Whose objects they are.",
			},
			"retry": {
				Type: schema.TypeList, Optional: true, MaxItems: 1, Description: "How often.",
				Elem: &schema.Resource{Schema: map[string]*schema.Schema{
					"times": {Type: schema.TypeInt, Optional: true, Default: 3, Description: "So often."},
				}},
			},
		},
		ProviderMetaSchema: map[string]*schema.Schema{
			"module": {Type: schema.TypeString, Optional: true, Description: "Which module asks."},
		},
		ResourcesMap:   map[string]*schema.Resource{"sdkv2_object": objectResource()},
		DataSourcesMap: map[string]*schema.Resource{"sdkv2_object": objectLookup()},
		ConfigureContextFunc: func(_ context.Context, data *schema.ResourceData) (any, diag.Diagnostics) {
			return data.Get("owner"), nil
		},
	}
}

// A look at an object.
func objectLookup() *schema.Resource {
	return &schema.Resource{
		Description: "An object, looked at.",
		Schema: map[string]*schema.Schema{
			"place": {Type: schema.TypeString, Required: true, Description: "Where it is."},
			"text":  {Type: schema.TypeString, Computed: true, Description: "Some text."},
			"words": {
				Type: schema.TypeList, Computed: true, Description: "In order.",
				Elem: &schema.Schema{Type: schema.TypeString},
			},
		},
		ReadContext: func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
			at, ok := data.Get("place").(string)
			if !ok {
				return diag.Errorf("the place is no text")
			}
			found, err := load(at)
			if errors.Is(err, os.ErrNotExist) {
				return diag.Diagnostics{{
					Severity:      diag.Error,
					Summary:       "there is no such object",
					Detail:        "Nothing is at \"" + at + "\".",
					AttributePath: cty.GetAttrPath("place"),
				}}
			}
			if err != nil {
				return diag.FromErr(err)
			}
			data.SetId(at)
			return diag.FromErr(errors.Join(data.Set("text", found["text"]), data.Set("words", found["words"])))
		},
	}
}
