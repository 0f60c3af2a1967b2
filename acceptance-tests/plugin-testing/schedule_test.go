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

const scheduleAddress = "zeebe_backup_schedule.this"

func TestBackupScheduleIsCreatedChangedImportedAndDestroyed(t *testing.T) {
	cluster := newCluster(t, "scheduled").sized(1, 1).with(stored("scheduled"))
	scheduled := func(times string) string {
		return cluster.config() + fmt.Sprintf(`
resource "zeebe_backup_schedule" "this" {
  cluster = zeebe_cluster.this.id
  %s
}
`, times)
	}
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(times, said string, action plancheck.ResourceActionType) resource.TestStep {
		return resource.TestStep{
			Config: scheduled(times),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(scheduleAddress, action),
					plancheck.ExpectKnownValue(scheduleAddress, tfjsonpath.New("last_change").AtSliceIndex(0),
						knownvalue.StringExact("write into the book that backups are taken "+said)),
				},
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				sameID.AddStateValue(scheduleAddress, tfjsonpath.New("id")),
				statecheck.ExpectKnownValue(scheduleAddress, tfjsonpath.New("status").AtMapKey("phase"),
					knownvalue.StringExact("ready")),
			},
		}
	}
	imported := resource.TestStep{
		ResourceName:            scheduleAddress,
		ImportState:             true,
		ImportStateId:           cluster.id() + "/backup-schedule",
		ImportStateVerify:       true,
		ImportStateVerifyIgnore: notImported,
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      cluster.isGone,
		Steps: []resource.TestStep{
			step(`every = "6h"`, "every 6h, and that all are kept", plancheck.ResourceActionCreate),
			imported,
			step("daily_at = \"02:30\"\n  keep = 7", "daily at 02:30 UTC, and that the newest 7 are kept",
				plancheck.ResourceActionUpdate),
			imported,
			{
				Config:      scheduled(`keep = 7`),
				ExpectError: regexp.MustCompile("(?s)exactly\\s+one\\s+of\\s+`every`,\\s+`daily_at`"),
			},
			{
				Config:      scheduled(`daily_at = "24:00"`),
				ExpectError: regexp.MustCompile(`a time of day in UTC`),
			},
			{
				Config: cluster.config(),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(scheduleAddress, plancheck.ResourceActionDestroy),
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				Check: func(*terraform.State) error {
					document := filepath.Join(cluster.directory, cluster.name, "book", "backup-schedule.json")
					if _, err := os.Stat(document); !os.IsNotExist(err) {
						return fmt.Errorf("%s is still there (%v)", document, err)
					}
					return nil
				},
			},
		},
	})
}
