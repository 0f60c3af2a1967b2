terraform {
  required_version = ">= 1.10" # the first with ephemeral resources: Terraform 1.10, OpenTofu 1.11
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}
