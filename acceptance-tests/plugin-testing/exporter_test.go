package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

const exporterAddress = "zeebe_exporter.this"

// A wished exporter beside its cluster.
type exporter struct {
	cluster cluster
	name    string
	lines   []string
}

func newExporter(cluster cluster, name string, lines ...string) exporter {
	return exporter{cluster: cluster, name: name, lines: lines}
}

// The exporter with other lines than it has.
func (e exporter) instead(lines ...string) exporter {
	e.lines = lines
	return e
}

// The address that imports it.
func (e exporter) id() string {
	return e.cluster.id() + "/exporters/" + e.name
}

// The document that the cluster's book has of it.
func (e exporter) document() string {
	return filepath.Join(e.cluster.directory, e.cluster.name, "book", "exporters", e.name+".json")
}

func (e exporter) config() string {
	return e.cluster.config() + fmt.Sprintf(`
resource "zeebe_exporter" "this" {
  cluster = zeebe_cluster.this.handle
  name    = %q
  %s
}
`, e.name, strings.Join(e.lines, "\n  "))
}

// It is taken away while its cluster stands, and neither the book nor a broker's settings have it any more.
func (e exporter) isGone(t *testing.T) resource.TestStep {
	return resource.TestStep{
		Config: e.cluster.config(),
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(exporterAddress, plancheck.ResourceActionDestroy),
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop),
			},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: func(*terraform.State) error {
			if _, err := os.Stat(e.document()); !os.IsNotExist(err) {
				return fmt.Errorf("%s is still there (%v)", e.document(), err)
			}
			model, err := os.ReadFile(e.cluster.model())
			if err != nil {
				return err
			}
			// The product itself remembers that it was disabled.
			for _, trace := range []string{`["` + e.name + `"]`, `"` + e.name + `":"enabled"`} {
				if strings.Contains(string(model), trace) {
					return fmt.Errorf("exporter %s is still with the brokers: %s", e.name, model)
				}
			}
			return nil
		},
	}
}

func TestExporterIsCreatedChangedSwitchedImportedAndDestroyed(t *testing.T) {
	plain := newExporter(newCluster(t, "exporting").sized(3, 3), "audit",
		`elasticsearch = { url = "http://127.0.0.1:9200" }`)
	filtered := `elasticsearch = {
    url             = "http://127.0.0.1:9200"
    index           = { prefix = "audit", shards = 1, replicas = 0 }
    bulk            = { records = 100, delay = "2s", memory = "1MiB" }
    request_timeout = "45s"
    records         = { types = ["rejection", "event"], values = ["process_instance", "incident", "job"] }
    authentication  = { username = "zeebe", password = { environment_variable = "AUDIT_PASSWORD" } }
  }`
	changed := plain.instead(filtered)
	off := plain.instead(filtered, `enabled = false`)
	jar := plain.instead(`jar = {
    path       = "/srv/exporters/stream.jar"
    sha256     = "` + strings.Repeat("0123456789abcdef", 4) + `"
    class_name = "com.example.stream.Exporter"
    arguments  = { "producer.servers" = "127.0.0.1:9092" }
  }`)
	lake := plain.instead(`lake = {
    s3 = {
      bucket     = "zeebe-lake"
      prefix     = "payments/"
      region     = "eu-west-1"
      access_key = { environment_variable = "LAKE_ACCESS_KEY" }
      secret_key = { file = "/srv/lake/secret-key" }
    }
    seal_after = "60s"
    records    = { types = ["rejection", "event"], values = ["job"] }
  }`)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(wished exporter, action plancheck.ResourceActionType, first string, enabled bool) resource.TestStep {
		return resource.TestStep{
			Config: wished.config(),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(exporterAddress, action),
					plancheck.ExpectKnownValue(exporterAddress, tfjsonpath.New("last_change").AtSliceIndex(0),
						knownvalue.StringRegexp(regexp.MustCompile(first))),
					// It is known even while its cluster is only planned.
					plancheck.ExpectKnownValue(exporterAddress, tfjsonpath.New("id"), knownvalue.StringExact(wished.id())),
				},
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				sameID.AddStateValue(exporterAddress, tfjsonpath.New("id")),
				statecheck.ExpectKnownValue(exporterAddress, tfjsonpath.New("enabled"), knownvalue.Bool(enabled)),
				statecheck.ExpectKnownValue(exporterAddress, tfjsonpath.New("status").AtMapKey("phase"),
					knownvalue.StringExact("ready")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("status").AtMapKey("phase"),
					knownvalue.StringExact("ready")),
			},
		}
	}
	imported := resource.TestStep{
		ResourceName:            exporterAddress,
		ImportState:             true,
		ImportStateId:           plain.id(),
		ImportStateVerify:       true,
		ImportStateVerifyIgnore: notImported,
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      plain.cluster.isGone,
		Steps: []resource.TestStep{
			step(plain, plancheck.ResourceActionCreate, `^restart every broker, one at a time, with the settings of exporter "audit"`, true),
			imported,
			step(changed, plancheck.ResourceActionUpdate, `with the changed settings of exporter "audit"`, true),
			imported,
			step(off, plancheck.ResourceActionUpdate, `disable exporter "audit"`, false),
			imported,
			step(changed, plancheck.ResourceActionUpdate, `enable exporter "audit"`, true),
			step(jar, plancheck.ResourceActionReplace, `with the settings of exporter "audit"`, true),
			imported,
			step(lake, plancheck.ResourceActionReplace, `^start the receiver of exporter "audit" and see it reach its lake`, true),
			imported,
			plain.isGone(t),
		},
	})
}

func TestExporterIsDestroyedWithItsCluster(t *testing.T) {
	wished := newExporter(newCluster(t, "together"), "audit", `opensearch = { url = "http://127.0.0.1:9200" }`)
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.cluster.isGone,
		Steps: []resource.TestStep{
			{Config: wished.config()},
			{Config: wished.config(), Destroy: true},
			{
				Config: wished.config(),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(exporterAddress, plancheck.ResourceActionCreate),
					},
				},
			},
		},
	})
}

func TestExporterIsImportedByItsIdentity(t *testing.T) {
	wished := newExporter(newCluster(t, "identified"), "audit", `elasticsearch = { url = "http://127.0.0.1:9200" }`)
	identity := map[string]knownvalue.Check{"id": knownvalue.StringExact(wished.id())}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		ExternalProviders:      provider,
		CheckDestroy:           wished.cluster.isGone,
		Steps: []resource.TestStep{
			{
				Config:            wished.config(),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(exporterAddress, identity)},
			},
			{
				ResourceName:    exporterAddress,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
				ImportPlanChecks: resource.ImportPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectKnownValue(exporterAddress, tfjsonpath.New("id"), knownvalue.StringExact(wished.id())),
					},
				},
			},
		},
	})
}

func TestExportersThatCannotBeAreRefusedAtPlan(t *testing.T) {
	wished := newExporter(newCluster(t, "unexported"), "audit", `elasticsearch = { url = "http://127.0.0.1:9200" }`)
	refused := func(wish exporter, words string) resource.TestStep {
		return resource.TestStep{Config: wish.config(), PlanOnly: true, ExpectError: regexp.MustCompile(words)}
	}
	two := wished.instead(wished.lines[0], `opensearch = { url = "http://127.0.0.1:9200" }`)
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.cluster.isGone,
		Steps: []resource.TestStep{
			refused(wished.instead(), `elasticsearch`),
			refused(two, `opensearch`),
			{Config: wished.config()},
			{
				ResourceName:  exporterAddress,
				ImportState:   true,
				ImportStateId: wished.id() + "that-is-not",
				ExpectError:   regexp.MustCompile(`no exporter stands at`),
			},
		},
	})
}
