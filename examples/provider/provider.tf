terraform {
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}

# Needs nothing: where a cluster runs is said in the resource.
provider "zeebe" {}
