terraform {
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}
