// Package judge lets HashiCorp's own terraform-plugin-testing drive the provider's binary, as a judge that is no part of
// this project: it plans twice, refreshes, imports and destroys by rules of its own.
//
// The binary lies in a mirror that TF_CLI_CONFIG_FILE names, so the tests need no Go server of it. All clusters are
// simulated. tools/plugin-testing.sh sets everything and runs this with each client.
package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

const address = "zeebe_cluster.this"

// The provider, as the client finds it in the mirror.
var provider = map[string]resource.ExternalProvider{"zeebe": {Source: "zeebe-platform/zeebe"}}

// A wished cluster on the simulated target.
type cluster struct {
	directory          string
	name               string
	version            string
	brokers            int
	partitions         int
	replicationFactor  int
	deletionProtection bool
	more               []string
}

// A cluster of one broker in a folder of its own.
func newCluster(t *testing.T, name string) cluster {
	t.Helper()
	return cluster{
		directory:         t.TempDir(),
		name:              name,
		version:           "8.6.0",
		brokers:           1,
		partitions:        1,
		replicationFactor: 1,
	}
}

// The cluster with other numbers of brokers and copies.
func (c cluster) sized(brokers, replicationFactor int) cluster {
	c.brokers, c.replicationFactor = brokers, replicationFactor
	return c
}

// The cluster with one more line.
func (c cluster) with(line string) cluster {
	c.more = append(append([]string{}, c.more...), line)
	return c
}

// The address that imports it.
func (c cluster) id() string {
	return "simulated://" + filepath.Join(c.directory, c.name)
}

// The target's own record of it.
func (c cluster) model() string {
	return filepath.Join(c.directory, c.name, "simulation.json")
}

func (c cluster) config() string {
	return fmt.Sprintf(`
resource "zeebe_cluster" "this" {
  name    = %q
  version = %q

  topology = {
    brokers            = %d
    partitions         = %d
    replication_factor = %d
  }

  target = {
    simulated = { directory = %q }
  }

  deletion_protection = %t
  data_on_destroy     = "delete"
  %s
}
`, c.name, c.version, c.brokers, c.partitions, c.replicationFactor, c.directory, c.deletionProtection,
		strings.Join(c.more, "\n  "))
}

// Whether the target has nothing of it any more.
func (c cluster) isGone(*terraform.State) error {
	if _, err := os.Stat(c.model()); !os.IsNotExist(err) {
		return fmt.Errorf("%s is still there (%v)", c.model(), err)
	}
	return nil
}

// Takes it away behind Terraform's back.
func (c cluster) vanish(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(c.directory, c.name)); err != nil {
		t.Fatal(err)
	}
}

// Lets something go wrong from now on.
func (c cluster) trouble(t *testing.T, trouble string) {
	t.Helper()
	folder := filepath.Join(c.directory, c.name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	faults := fmt.Sprintf(`{ "trouble": %s }`, trouble)
	if err := os.WriteFile(filepath.Join(folder, "faults.json"), []byte(faults), 0o644); err != nil {
		t.Fatal(err)
	}
}
