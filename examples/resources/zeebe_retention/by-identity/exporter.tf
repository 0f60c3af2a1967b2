resource "zeebe_exporter" "audit" {
  cluster = zeebe_cluster.payments.handle
  name    = "audit"

  elasticsearch = {
    url   = "https://search.example.com:9200"
    index = { prefix = "payments-audit" }
  }
}
