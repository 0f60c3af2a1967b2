terraform {
  required_version = ">= 1.12" # the first with identities: Terraform 1.12, OpenTofu 1.12
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}
