package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const retentionAddress = "zeebe_retention.this"

// How long the records of an exporter are wished to be kept.
type retention struct {
	exporter exporter
	age      string
}

func (r retention) of(age string) retention {
	r.age = age
	return r
}

// The address that imports it.
func (r retention) id() string {
	return r.exporter.cluster.id() + "/retention/" + r.exporter.name
}

func (r retention) config() string {
	return r.exporter.config() + fmt.Sprintf(`
resource "zeebe_retention" "this" {
  exporter    = zeebe_exporter.this.id
  minimum_age = %q
}

data "zeebe_retention" "this" {
  id = zeebe_retention.this.id
}
`, r.age)
}

// It is taken away while its exporter stays.
func (r retention) isGone() resource.TestStep {
	return resource.TestStep{
		Config: r.exporter.config(),
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(retentionAddress, plancheck.ResourceActionDestroy),
				plancheck.ExpectResourceAction(exporterAddress, plancheck.ResourceActionNoop),
			},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: func(*terraform.State) error {
			cluster := r.exporter.cluster
			document := filepath.Join(cluster.directory, cluster.name, "book", "retention", r.exporter.name+".json")
			if _, err := os.Stat(document); !os.IsNotExist(err) {
				return fmt.Errorf("%s is still there (%v)", document, err)
			}
			return nil
		},
	}
}

func TestRetentionIsCreatedChangedImportedSeenAndDestroyed(t *testing.T) {
	exporter := newExporter(newCluster(t, "keeping").sized(1, 1), "audit",
		`elasticsearch = { url = "http://127.0.0.1:9200", index = { prefix = "audit" } }`)
	month := retention{exporter: exporter, age: "30d"}
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(wished retention, action plancheck.ResourceActionType) resource.TestStep {
		first := fmt.Sprintf(`records of exporter "audit" are kept for %s$`, wished.age)
		return resource.TestStep{
			Config: wished.config(),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(retentionAddress, action),
					plancheck.ExpectKnownValue(retentionAddress, tfjsonpath.New("last_change").AtSliceIndex(0),
						knownvalue.StringRegexp(regexp.MustCompile(first))),
				},
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				sameID.AddStateValue(retentionAddress, tfjsonpath.New("id")),
				statecheck.ExpectKnownValue(retentionAddress, tfjsonpath.New("enforced_by"), knownvalue.StringExact("agent")),
				statecheck.ExpectKnownValue(retentionAddress, tfjsonpath.New("status").AtMapKey("phase"),
					knownvalue.StringExact("ready")),
				statecheck.ExpectKnownValue("data.zeebe_retention.this", tfjsonpath.New("minimum_age"),
					knownvalue.StringExact(wished.age)),
			},
		}
	}
	imported := resource.TestStep{
		ResourceName:            retentionAddress,
		ImportState:             true,
		ImportStateId:           month.id(),
		ImportStateVerify:       true,
		ImportStateVerifyIgnore: notImported,
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      exporter.cluster.isGone,
		Steps: []resource.TestStep{
			step(month, plancheck.ResourceActionCreate),
			imported,
			step(month.of("90d"), plancheck.ResourceActionUpdate),
			imported,
			{
				Config:      month.of("36h").config(),
				ExpectError: regexp.MustCompile(`an age is not so many whole days`),
			},
			month.isGone(),
		},
	})
}

func TestRetentionOfAnotherExporterIsAnotherOne(t *testing.T) {
	cluster := newCluster(t, "moved").sized(1, 1)
	step := func(name string, action plancheck.ResourceActionType) resource.TestStep {
		sink := fmt.Sprintf(`elasticsearch = { url = "http://127.0.0.1:9200", index = { prefix = %q } }`, name)
		return resource.TestStep{
			Config: retention{exporter: newExporter(cluster, name, sink), age: "30d"}.config(),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(retentionAddress, action)},
			},
		}
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      cluster.isGone,
		Steps: []resource.TestStep{
			step("audit", plancheck.ResourceActionCreate),
			step("trail", plancheck.ResourceActionReplace),
		},
	})
}
