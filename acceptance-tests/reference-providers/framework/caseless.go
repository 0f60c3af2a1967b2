package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A text of which the case does not count: the store keeps it in upper case, the state in the user's own.
type caselessType struct{ basetypes.StringType }

type caseless struct{ basetypes.StringValue }

var (
	_ basetypes.StringTypable                    = caselessType{}
	_ basetypes.StringValuableWithSemanticEquals = caseless{}
)

func (caselessType) String() string { return "caseless" }

func (caselessType) ValueType(context.Context) attr.Value { return caseless{} }

func (t caselessType) Equal(other attr.Type) bool {
	o, ok := other.(caselessType)
	return ok && t.StringType.Equal(o.StringType)
}

func (caselessType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return caseless{in}, nil
}

func (t caselessType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a text became %T", value)
	}
	return caseless{text}, nil
}

func (caseless) Type(context.Context) attr.Type { return caselessType{} }

func (c caseless) Equal(other attr.Value) bool {
	o, ok := other.(caseless)
	return ok && c.StringValue.Equal(o.StringValue)
}

func (c caseless) StringSemanticEquals(_ context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	o, ok := other.(caseless)
	return ok && strings.EqualFold(c.ValueString(), o.ValueString()), nil
}
