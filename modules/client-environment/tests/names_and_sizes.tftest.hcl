# Runs without anything installed: plans on the simulated target.

variables {
  target    = "simulated"
  directory = "/tmp/zeebe-client-environment-test"
  clients = {
    acme = {
      version = "8.6.0"
      environments = {
        development = { slot = 0 }
        production  = { slot = 1 }
      }
    }
    globex = {
      version = "8.5.8"
      environments = {
        test    = { slot = 2, size = "trio" }
        staging = { slot = 3, version = "8.6.0" }
      }
    }
  }
}

run "one_cluster_for_each_pair" {
  command = plan

  assert {
    condition     = join(" ", sort(keys(zeebe_cluster.this))) == "acme-development acme-production globex-staging globex-test"
    error_message = "each pair of client and environment has a cluster named after both"
  }

  assert {
    condition     = zeebe_cluster.this["acme-development"].topology.brokers == 1 && zeebe_cluster.this["globex-test"].topology.brokers == 3
    error_message = "sizes follow the environment unless one is named"
  }

  assert {
    condition     = zeebe_cluster.this["acme-production"].broker.preset == "baseline" && zeebe_cluster.this["acme-production"].deletion_protection
    error_message = "production is sized for production and protected"
  }

  assert {
    condition     = output.gateways.globex.staging == "127.0.0.1:26800"
    error_message = "ports follow the slot"
  }

  assert {
    condition     = zeebe_cluster.this["globex-test"].version == "8.5.8" && zeebe_cluster.this["globex-staging"].version == "8.6.0"
    error_message = "an environment may be ahead of its client's version"
  }
}

run "two_clusters_of_one_slot_are_refused" {
  command = plan

  variables {
    clients = {
      acme = {
        version      = "8.6.0"
        environments = { development = { slot = 0 }, test = { slot = 0 } }
      }
    }
  }

  expect_failures = [var.clients]
}

run "an_unknown_environment_is_refused" {
  command = plan

  variables {
    clients = {
      acme = {
        version      = "8.6.0"
        environments = { qa = { slot = 0 } }
      }
    }
  }

  expect_failures = [var.clients]
}
