package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

const ending = ".object"

func placeOf(data *schema.ResourceData) string {
	return filepath.Join(text(data, "directory"), text(data, "name")+ending)
}

func load(place string) (map[string]any, error) {
	bytes, err := os.ReadFile(place)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	return object, json.Unmarshal(bytes, &object)
}

func identify(data *schema.ResourceData) error {
	identity, err := data.Identity()
	if err != nil {
		return err
	}
	return errors.Join(identity.Set("directory", text(data, "directory")), identity.Set("name", text(data, "name")))
}

// Writes what the data say: what was left open gets its value here.
func write(data *schema.ResourceData, owner any, revision int) diag.Diagnostics {
	var errs []error
	set := func(name string, value any) { errs = append(errs, data.Set(name, value)) }
	set("revision", revision)
	set("owner", owner)
	if text(data, "chosen") == "" {
		set("chosen", "ours")
	}
	if parts, ok := data.Get("single").([]any); ok && len(parts) == 1 {
		part, ok := parts[0].(map[string]any)
		if !ok {
			part = map[string]any{}
		}
		part["digest"] = fmt.Sprintf("made of %v", part["text"])
		set("single", []any{part})
	}
	object := map[string]any{}
	for _, name := range kept {
		value := data.Get(name)
		if many, ok := value.(*schema.Set); ok {
			value = many.List()
		}
		object[name] = value
	}
	bytes, err := json.MarshalIndent(object, "", "  ")
	at := placeOf(data)
	errs = append(errs, err, os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, bytes, 0o644))
	data.SetId(at)
	errs = append(errs, identify(data))
	if err := errors.Join(errs...); err != nil {
		return diag.FromErr(err)
	}
	if data.Get("fails") == true {
		return diag.Errorf("it was to fail, and was written all the same")
	}
	return nil
}

func createObject(_ context.Context, data *schema.ResourceData, owner any) diag.Diagnostics {
	return write(data, owner, 1)
}

func updateObject(_ context.Context, data *schema.ResourceData, owner any) diag.Diagnostics {
	revision, ok := data.Get("revision").(int)
	if !ok {
		return diag.Errorf("the revision is no number")
	}
	// Not yet known means that it was counted up at plan; what it was is in the old state.
	if old, _ := data.GetChange("revision"); revision == 0 {
		revision, _ = old.(int)
	}
	return write(data, owner, revision+1)
}

func readObject(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
	object, err := load(data.Id())
	if errors.Is(err, os.ErrNotExist) {
		data.SetId("")
		return nil
	}
	if err != nil {
		return diag.FromErr(err)
	}
	var errs []error
	for _, name := range kept {
		errs = append(errs, data.Set(name, object[name]))
	}
	return diag.FromErr(errors.Join(append(errs, identify(data))...))
}

func deleteObject(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
	if err := os.Remove(data.Id()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return diag.FromErr(err)
	}
	return nil
}

func importObject(_ context.Context, data *schema.ResourceData, _ any) ([]*schema.ResourceData, error) {
	if data.Id() == "" {
		identity, err := data.Identity()
		if err != nil {
			return nil, err
		}
		directory, name := identity.Get("directory"), identity.Get("name")
		data.SetId(filepath.Join(fmt.Sprint(directory), fmt.Sprint(name)+ending))
	}
	if !strings.HasSuffix(data.Id(), ending) {
		return nil, fmt.Errorf("%q is no object's place", data.Id())
	}
	return []*schema.ResourceData{data}, nil
}
