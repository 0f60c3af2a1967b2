package judge

import (
	"os"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// The providers that judges are tried on are themselves in order, by the judge that all know.
func TestReferenceProvidersAreInOrder(t *testing.T) {
	hcl, err := os.ReadFile("../reference-providers/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	step := func(text string) resource.TestStep {
		return resource.TestStep{
			Config: string(hcl),
			ConfigVariables: config.Variables{
				"directory": config.StringVariable(directory), "text": config.StringVariable(text),
			},
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("seen", knownvalue.ObjectExact(map[string]knownvalue.Check{
					"names": knownvalue.ListExact([]knownvalue.Check{
						knownvalue.StringExact("full"), knownvalue.StringExact("least"),
					}),
					"text":   knownvalue.StringExact(text),
					"joined": knownvalue.StringExact("a-b"),
					"count":  knownvalue.Int64Exact(10),
				})),
			},
		}
	}
	imported := func(address string) resource.TestStep {
		return resource.TestStep{
			ResourceName:      address,
			ImportState:       true,
			ImportStateVerify: true,
			ConfigVariables: config.Variables{
				"directory": config.StringVariable(directory), "text": config.StringVariable("two"),
			},
		}
	}
	torn := func(kind string) resource.TestStep {
		return resource.TestStep{
			Config: "resource \"" + kind + "\" \"torn\" {\n  directory = \"" + directory +
				"\"\n  name      = \"torn\"\n  fails     = true\n}\n",
			ExpectError: regexp.MustCompile(`it was to fail`),
		}
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)},
		ExternalProviders: map[string]resource.ExternalProvider{
			"framework": {Source: "reference/framework"},
			"sdkv2":     {Source: "reference/sdkv2"},
		},
		Steps: []resource.TestStep{
			step("one"),
			step("two"),
			imported("framework_object.full"),
			imported("framework_object.least"),
			imported("sdkv2_object.full"),
			imported("sdkv2_object.least"),
			torn("framework_object"),
			torn("sdkv2_object"),
		},
	})
}
