output "path" {
  value = provider::zeebe::upgrade_path("8.5.8", "8.7.0") # ["8.6", "8.7"]
}
