package judge

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// What an import cannot know: what Terraform's own last apply did.
var notImported = []string{"last_change"}

func TestClusterIsCreatedChangedImportedAndDestroyed(t *testing.T) {
	small := newCluster(t, "payments")
	grown := small.sized(3, 3)
	upgraded := small.sized(3, 3)
	upgraded.version = "8.7.0"
	shrunk := upgraded.sized(1, 1)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	sameGateway := statecheck.CompareValue(compare.ValuesSame())
	step := func(wished cluster, action plancheck.ResourceActionType) resource.TestStep {
		return resource.TestStep{
			Config: wished.config(),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, action),
					// Every step is known before it is taken, and so are the addresses.
					plancheck.ExpectKnownValue(address, tfjsonpath.New("last_change"), knownvalue.ListPartial(
						map[int]knownvalue.Check{0: knownvalue.NotNull()})),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(wished.id())),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("handle").AtMapKey("id"),
						knownvalue.StringExact(wished.id())),
				},
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				sameID.AddStateValue(address, tfjsonpath.New("id")),
				sameGateway.AddStateValue(address, tfjsonpath.New("gateway_address")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("version"), knownvalue.StringExact(wished.version)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("topology").AtMapKey("brokers"),
					knownvalue.Int64Exact(int64(wished.brokers))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("status").AtMapKey("phase"),
					knownvalue.StringExact("ready")),
			},
		}
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      small.isGone,
		Steps: []resource.TestStep{
			step(small, plancheck.ResourceActionCreate),
			step(grown, plancheck.ResourceActionUpdate),
			step(upgraded, plancheck.ResourceActionUpdate),
			{
				ResourceName:            address,
				ImportState:             true,
				ImportStateId:           small.id(),
				ImportStateVerify:       true,
				ImportStateVerifyIgnore: notImported,
			},
			step(shrunk, plancheck.ResourceActionUpdate),
		},
	})
}

func TestClusterIsImportedByABlockWithoutAChange(t *testing.T) {
	wished := newCluster(t, "imported")
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)},
		ExternalProviders:      provider,
		CheckDestroy:           wished.isGone,
		Steps: []resource.TestStep{
			{Config: wished.config()},
			{
				ResourceName:    address,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithID,
				ImportStateId:   wished.id(),
				ImportPlanChecks: resource.ImportPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(wished.id())),
					},
				},
			},
		},
	})
}

func TestClusterIsImportedByItsIdentity(t *testing.T) {
	wished := newCluster(t, "identified")
	identity := map[string]knownvalue.Check{"id": knownvalue.StringExact(wished.id())}
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		ExternalProviders:      provider,
		CheckDestroy:           wished.isGone,
		Steps: []resource.TestStep{
			{
				Config:            wished.config(),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(address, identity)},
			},
			{
				Config:            wished.sized(3, 3).config(),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(address, identity)},
			},
			{
				ResourceName:    address,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
				ImportPlanChecks: resource.ImportPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact(wished.id())),
					},
				},
			},
		},
	})
}

func TestImportOfNothingIsRefused(t *testing.T) {
	wished := newCluster(t, "something")
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.isGone,
		Steps: []resource.TestStep{
			{Config: wished.config()},
			{
				ResourceName:  address,
				ImportState:   true,
				ImportStateId: wished.id() + "-that-is-not",
				ExpectError:   regexp.MustCompile(`no cluster stands at`),
			},
		},
	})
}

func TestClusterThatVanishedIsCreatedAgain(t *testing.T) {
	wished := newCluster(t, "vanishing")
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.isGone,
		Steps: []resource.TestStep{
			{Config: wished.config()},
			{
				PreConfig:          func() { wished.vanish(t) },
				RefreshState:       true,
				ExpectNonEmptyPlan: true,
			},
			{
				Config: wished.config(),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate)},
				},
			},
		},
	})
}

func TestBrokerThatDiedIsStartedInPlace(t *testing.T) {
	wished := newCluster(t, "mended").sized(3, 3)
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.isGone,
		Steps: []resource.TestStep{
			{Config: wished.config()},
			{
				PreConfig: func() { wished.trouble(t, `{ "killed": [2] }`) },
				Config:    wished.config(),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(address, tfjsonpath.New("last_change").AtSliceIndex(1),
							knownvalue.StringRegexp(regexp.MustCompile(`^start broker 2`))),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
		},
	})
}

func TestKeptCreationIsFinishedInPlace(t *testing.T) {
	wished := newCluster(t, "kept").with(`timeouts = { create = "1m" }`)
	phase := func(phase string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(address,
			tfjsonpath.New("status").AtMapKey("phase"), knownvalue.StringExact(phase))}
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.isGone,
		Steps: []resource.TestStep{
			{
				PreConfig:          func() { wished.trouble(t, `{ "slow": { "0": 400000 } }`) },
				Config:             wished.config(),
				ConfigStateChecks:  phase("provisioning"),
				ExpectNonEmptyPlan: true,
			},
			{
				Config: wished.config(),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				},
				ConfigStateChecks: phase("ready"),
			},
		},
	})
}

func TestProtectedClusterIsNotDestroyed(t *testing.T) {
	open := newCluster(t, "protected")
	guarded := open
	guarded.deletionProtection = true
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      open.isGone,
		Steps: []resource.TestStep{
			{Config: guarded.config()},
			{Config: guarded.config(), Destroy: true, ExpectError: regexp.MustCompile(`deletion_protection`)},
			{Config: " ", ExpectError: regexp.MustCompile(`deletion_protection`)},
			{Config: open.config()},
		},
	})
}

func TestWishesThatCannotBeAreRefusedAtPlan(t *testing.T) {
	wished := newCluster(t, "refused").sized(3, 3)
	wished.partitions = 2
	tooManyCopies := wished.sized(1, 3)
	downgraded, skipped, fewer, renamed := wished, wished, wished, wished
	downgraded.version = "8.5.8"
	skipped.version = "8.8.0"
	fewer.partitions = 1
	renamed.name = "renamed"
	refused := func(wish cluster, words string) resource.TestStep {
		return resource.TestStep{Config: wish.config(), PlanOnly: true, ExpectError: regexp.MustCompile(words)}
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      wished.isGone,
		Steps: []resource.TestStep{
			refused(tooManyCopies, `replication factor`),
			{Config: wished.config()},
			refused(downgraded, `8\.5\.8`),
			refused(skipped, `8\.7`),
			refused(fewer, `partitions`),
			refused(renamed, `renamed`),
			{
				Config: wished.config(),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
			},
		},
	})
}
