package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

const backups = `
data "zeebe_backups" "this" {
  cluster = zeebe_cluster.this.handle
}
`

// A line that has a cluster keep its backups below a path of a bucket.
func stored(basePath string) string {
	return fmt.Sprintf(`backup_store = {
    s3 = {
      bucket     = "zeebe-backups"
      base_path  = %q
      endpoint   = "http://127.0.0.1:9000"
      addressing = "path"
      access_key = { environment_variable = "BACKUP_ACCESS_KEY" }
      secret_key = { file = "/run/secrets/backup" }
    }
  }`, basePath)
}

func TestStoreOfBackupsComesChangesIsImportedAndGoes(t *testing.T) {
	plain := newCluster(t, "storing")
	empty := statecheck.ExpectKnownValue("data.zeebe_backups.this", tfjsonpath.New("latest"), knownvalue.Null())
	step := func(config string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
		return resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
				PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: checks,
		}
	}
	imported := resource.TestStep{
		ResourceName:            address,
		ImportState:             true,
		ImportStateId:           plain.id(),
		ImportStateVerify:       true,
		ImportStateVerifyIgnore: notImported,
	}
	resource.ParallelTest(t, resource.TestCase{
		ExternalProviders: provider,
		CheckDestroy:      plain.isGone,
		Steps: []resource.TestStep{
			step(plain.with(stored("payments")).config()+backups, plancheck.ResourceActionCreate, empty),
			imported,
			step(plain.with(stored("payments/eu")).config()+backups, plancheck.ResourceActionUpdate, empty),
			imported,
			step(plain.config(), plancheck.ResourceActionUpdate),
			imported,
		},
	})
}

func TestBackupIsTakenAfterTheCreationTriedAndListed(t *testing.T) {
	wished := newCluster(t, "backed-up").with(stored("backed-up")).with(
		"lifecycle {\n    action_trigger {\n      events  = [after_create]\n      actions = [action.zeebe_backup.this, action.zeebe_restore_drill.this, action.zeebe_restore.this]\n    }\n  }")
	action := fmt.Sprintf(`
action "zeebe_backup" "this" {
  config {
    cluster = %[1]q
    id      = 7
  }
}

action "zeebe_restore_drill" "this" {
  config {
    cluster = %[1]q
  }
}

action "zeebe_restore" "this" {
  config {
    cluster = %[1]q
    confirm = "backed-up"
  }
}
`, wished.id())
	resource.ParallelTest(t, resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		ExternalProviders:      provider,
		// The store, which is the target's here, outlives the cluster.
		CheckDestroy: func(*terraform.State) error {
			book := filepath.Join(wished.directory, wished.name, "book", "cluster.json")
			if _, err := os.Stat(book); !os.IsNotExist(err) {
				return fmt.Errorf("%s is still there (%v)", book, err)
			}
			return nil
		},
		Steps: []resource.TestStep{
			{Config: wished.config() + action},
			{
				Config: wished.config() + action + backups,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.zeebe_backups.this", tfjsonpath.New("latest"), knownvalue.Int64Exact(7)),
					statecheck.ExpectKnownValue("data.zeebe_backups.this",
						tfjsonpath.New("backups").AtSliceIndex(0).AtMapKey("state"), knownvalue.StringExact("completed")),
				},
			},
		},
	})
}
