package judge

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

const lookups = `
data "zeebe_cluster" "this" {
  id = zeebe_cluster.this.id
}

data "zeebe_topology" "this" {
  cluster = zeebe_cluster.this.id
}
`

func TestDataSourcesSeeTheCluster(t *testing.T) {
	wished := newCluster(t, "seen").sized(3, 3)
	wished.partitions = 2
	healthy := func(expected bool) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.zeebe_cluster.this", tfjsonpath.New("healthy"), knownvalue.Bool(expected))
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.isGone,
		Steps: []resource.TestStep{
			{
				Config: wished.config() + lookups,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					healthy(true),
					statecheck.ExpectKnownValue("data.zeebe_cluster.this", tfjsonpath.New("name"),
						knownvalue.StringExact("seen")),
					statecheck.ExpectKnownValue("data.zeebe_cluster.this", tfjsonpath.New("version"),
						knownvalue.StringExact("8.6.0")),
					statecheck.ExpectKnownValue("data.zeebe_cluster.this", tfjsonpath.New("problems"),
						knownvalue.ListSizeExact(0)),
					statecheck.ExpectKnownValue("data.zeebe_topology.this", tfjsonpath.New("brokers"),
						knownvalue.MapSizeExact(3)),
					statecheck.ExpectKnownValue("data.zeebe_topology.this", tfjsonpath.New("replication_factor"),
						knownvalue.Int64Exact(3)),
					statecheck.ExpectKnownValue("data.zeebe_topology.this",
						tfjsonpath.New("partitions").AtMapKey("2").AtMapKey("healthy"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue("data.zeebe_topology.this", tfjsonpath.New("running_change"),
						knownvalue.Null()),
				},
			},
		},
	})
}

func TestDataSourcesOfNothingAreErrors(t *testing.T) {
	wished := newCluster(t, "nothing")
	for kind, attribute := range map[string]string{"zeebe_cluster": "id", "zeebe_topology": "cluster"} {
		t.Run(kind, func(t *testing.T) {
			resource.ParallelTest(t, resource.TestCase{
				ExternalProviders: provider,
				Steps: []resource.TestStep{{
					Config:      "data \"" + kind + "\" \"this\" {\n  " + attribute + " = \"" + wished.id() + "\"\n}\n",
					ExpectError: regexp.MustCompile(`nothing`),
				}},
			})
		})
	}
}

func TestTheDataSourceOfAnExporterSaysHowFarItIs(t *testing.T) {
	wished := newExporter(newCluster(t, "watched").sized(3, 3), "audit", `opensearch = { url = "http://127.0.0.1:9200" }`)
	wished.cluster.partitions = 2
	lookup := `
data "zeebe_exporter" "this" {
  cluster = zeebe_cluster.this.handle
  name    = %s
}
`
	of := "data.zeebe_exporter.this"
	says := func(value knownvalue.Check, path tfjsonpath.Path) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(of, path, value)
	}
	at := func(partition, attribute string) tfjsonpath.Path {
		return tfjsonpath.New("partitions").AtMapKey(partition).AtMapKey(attribute)
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.cluster.isGone,
		Steps: []resource.TestStep{
			{
				Config: wished.config() + fmt.Sprintf(lookup, "zeebe_exporter.this.name"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					says(knownvalue.StringExact(wished.id()), tfjsonpath.New("id")),
					says(knownvalue.StringExact("opensearch"), tfjsonpath.New("sink")),
					says(knownvalue.StringExact("enabled"), tfjsonpath.New("state")),
					says(knownvalue.StringExact("exporting"), tfjsonpath.New("exporting")),
					says(knownvalue.Int64Exact(0), tfjsonpath.New("backlog")),
					says(knownvalue.MapSizeExact(2), tfjsonpath.New("partitions")),
					says(knownvalue.NotNull(), at("2", "leader")),
					says(knownvalue.StringExact("enabled"), at("2", "state")),
					says(knownvalue.Int64Exact(0), at("2", "backlog")),
				},
			},
			{
				Config:      wished.config() + fmt.Sprintf(lookup, `"lake"`),
				ExpectError: regexp.MustCompile(`has no exporter "lake"`),
			},
		},
	})
}

func TestUpgradePathIsAFunction(t *testing.T) {
	output := func(from, to string) string {
		return "output \"path\" {\n  value = provider::zeebe::upgrade_path(\"" + from + "\", \"" + to + "\")\n}\n"
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		ExternalProviders:      provider,
		Steps: []resource.TestStep{
			{
				Config: output("8.5.8", "8.7.0"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("path", knownvalue.ListExact([]knownvalue.Check{
						knownvalue.StringExact("8.6"), knownvalue.StringExact("8.7"),
					})),
				},
			},
			{Config: output("8.6.0", "8.5.8"), ExpectError: regexp.MustCompile(`8\.5\.8`)},
			{Config: output("8.6", "8.7.0"), ExpectError: regexp.MustCompile(`from`)},
		},
	})
}

func TestEstateIsListed(t *testing.T) {
	wished := newCluster(t, "listed")
	query := "list \"zeebe_cluster\" \"here\" {\n  provider         = zeebe\n  include_resource = true\n\n" +
		"  config {\n    target = { simulated = { directory = \"" + wished.directory + "\" } }\n  }\n}\n"
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ExternalProviders:      provider,
		CheckDestroy:           wished.isGone,
		Steps: []resource.TestStep{
			{Config: wished.config()},
			{
				Query:  true,
				Config: query,
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("zeebe_cluster.here", 1),
					querycheck.ExpectIdentity("zeebe_cluster.here", map[string]knownvalue.Check{
						"id": knownvalue.StringExact(wished.id()),
					}),
				},
			},
		},
	})
}

func TestActionRunsAfterTheCreation(t *testing.T) {
	wished := newCluster(t, "acted").with(
		"lifecycle {\n    action_trigger {\n      events  = [after_create]\n      actions = [action.zeebe_verify.this]\n    }\n  }")
	action := func(id string) string {
		return "\naction \"zeebe_verify\" \"this\" {\n  config {\n    cluster = \"" + id + "\"\n  }\n}\n"
	}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ExternalProviders:      provider,
		CheckDestroy:           wished.isGone,
		Steps: []resource.TestStep{
			{
				Config: wished.config() + action(wished.id()),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
		},
	})
}

func TestEphemeralCredentialsAreRefusedWithAReason(t *testing.T) {
	wished := newCluster(t, "lent")
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_10_0)},
		ExternalProviders:      provider,
		Steps: []resource.TestStep{{
			Config:      "ephemeral \"zeebe_client_credentials\" \"this\" {\n  cluster = \"" + wished.id() + "\"\n}\n",
			ExpectError: regexp.MustCompile(`no client credentials for`),
		}},
	})
}
