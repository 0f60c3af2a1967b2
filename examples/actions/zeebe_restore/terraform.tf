terraform {
  required_version = ">= 1.14" # the first with actions: Terraform 1.14; OpenTofu has none yet
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}
