package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const ending = ".object"

// Where an object is, which is its id as well.
func place(directory, name string) string { return filepath.Join(directory, name+ending) }

// Keeps an object as Terraform's own bytes of it.
func save(place string, object tftypes.Value) error {
	value, err := tfprotov6.NewDynamicValue(object.Type(), object)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	return os.WriteFile(place, value.MsgPack, 0o644)
}

// The object that is there; false when none is.
func load(place string, kind tftypes.Type) (tftypes.Value, bool, error) {
	bytes, err := os.ReadFile(place)
	if errors.Is(err, fs.ErrNotExist) {
		return tftypes.Value{}, false, nil
	}
	if err != nil {
		return tftypes.Value{}, false, err
	}
	value, err := tfprotov6.DynamicValue{MsgPack: bytes}.Unmarshal(kind)
	return value, err == nil, err
}

func remove(place string) error {
	if err := os.Remove(place); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// The names of the objects in a directory, in order.
func names(directory string) ([]string, error) {
	entries, err := os.ReadDir(directory)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ending); ok {
			found = append(found, name)
		}
	}
	sort.Strings(found)
	return found, nil
}

// The object with something known wherever something was not.
func settled(object tftypes.Value, revision int64) (tftypes.Value, error) {
	return tftypes.Transform(object, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
		if value.IsKnown() {
			return value, nil
		}
		switch {
		case value.Type().Is(tftypes.String):
			return tftypes.NewValue(tftypes.String, fmt.Sprintf("made in revision %d", revision)), nil
		case value.Type().Is(tftypes.Number):
			return tftypes.NewValue(tftypes.Number, revision), nil
		default:
			return value, at.NewErrorf("nothing is made of a %s", value.Type())
		}
	})
}
