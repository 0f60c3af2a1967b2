resource "zeebe_backup_schedule" "payments" {
  cluster = zeebe_cluster.payments.id
  every   = "6h"
  keep    = 28
}
