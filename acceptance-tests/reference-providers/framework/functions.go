package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Joins texts, however many.
type join struct{}

func (join) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "join"
}

func (join) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Joins texts.",
		MarkdownDescription: "Puts a separator between texts.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "separator", MarkdownDescription: "What stands between them."},
		},
		VariadicParameter: function.StringParameter{Name: "texts", MarkdownDescription: "The texts.", AllowNullValue: true},
		Return:            function.StringReturn{},
	}
}

func (join) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var separator string
	var texts []*string
	if resp.Error = req.Arguments.Get(ctx, &separator, &texts); resp.Error != nil {
		return
	}
	var parts []string
	for at, text := range texts {
		if text == nil {
			continue
		}
		if separator != "" && strings.Contains(*text, separator) {
			resp.Error = function.NewArgumentFuncError(int64(at)+1, fmt.Sprintf("the text has \"%s\" in it", separator))
			return
		}
		parts = append(parts, *text)
	}
	resp.Error = resp.Result.Set(ctx, strings.Join(parts, separator))
}

// Takes a value of every kind.
type describe struct{}

var described = map[string]attr.Type{"kinds": types.ListType{ElemType: types.StringType}, "count": types.Int64Type}

func (describe) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "describe"
}

func (describe) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:            "Names the kinds of its arguments.",
		Description:        "Names the kinds of its arguments.",
		DeprecationMessage: "It is of use to nobody.",
		Parameters: []function.Parameter{
			function.BoolParameter{Name: "flag", Description: "Yes or no."},
			function.Int64Parameter{Name: "whole", Description: "A whole number."},
			function.Int32Parameter{Name: "small", Description: "A smaller one."},
			function.Float64Parameter{Name: "broken", Description: "A fraction."},
			function.Float32Parameter{Name: "rough", Description: "A rough one."},
			function.NumberParameter{Name: "exact", Description: "Any number."},
			function.ListParameter{Name: "words", ElementType: types.StringType, Description: "In order."},
			function.SetParameter{Name: "ports", ElementType: types.Int64Type, Description: "In no order."},
			function.MapParameter{Name: "tags", ElementType: types.StringType, Description: "By name."},
			function.ObjectParameter{
				Name: "pair", Description: "Two things.",
				AttributeTypes: map[string]attr.Type{"left": types.StringType, "right": types.NumberType},
			},
			function.DynamicParameter{Name: "anything", AllowNullValue: true, AllowUnknownValues: true, Description: "Any value."},
		},
		Return: function.ObjectReturn{AttributeTypes: described},
	}
}

func (describe) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var (
		flag     types.Bool
		whole    types.Int64
		small    types.Int32
		broken   types.Float64
		rough    types.Float32
		exact    types.Number
		words    types.List
		ports    types.Set
		tags     types.Map
		pair     types.Object
		anything types.Dynamic
	)
	resp.Error = req.Arguments.Get(ctx, &flag, &whole, &small, &broken, &rough, &exact, &words, &ports, &tags, &pair, &anything)
	if resp.Error != nil {
		return
	}
	var kinds []attr.Value
	for _, value := range []attr.Value{flag, whole, small, broken, rough, exact, words, ports, tags, pair} {
		kinds = append(kinds, types.StringValue(value.Type(ctx).String()))
	}
	list, diags := types.ListValue(types.StringType, kinds)
	if resp.Error = function.FuncErrorFromDiags(ctx, diags); resp.Error != nil {
		return
	}
	object, diags := types.ObjectValue(described, map[string]attr.Value{"kinds": list, "count": types.Int64Value(int64(len(kinds)))})
	if resp.Error = function.FuncErrorFromDiags(ctx, diags); resp.Error != nil {
		return
	}
	resp.Error = resp.Result.Set(ctx, object)
}
