#!/usr/bin/env bash
# A real cluster on this machine through a real terraform, and its end.
# usage: demo.sh up | down
#   DEMO_FIRST_PORT   first of the cluster's ports (26500)
#   DEMO_DIRECTORY    where everything is kept (.cache/demo in the clone)
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

demo=${DEMO_DIRECTORY:-$root/.cache/demo}
first_port=${DEMO_FIRST_PORT:-26500}

run_terraform() {
  TF_CLI_CONFIG_FILE=$demo/terraform.rc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 \
    "$terraform" -chdir="$demo" "$@" >&2
}

up() {
  "$root/tools/prerequisites.sh"
  terraform=$("$root/tools/terraform.sh")
  JAVA_HOME=$("$root/tools/java-home.sh")
  export JAVA_HOME

  say "== building the provider"
  cd "$root"
  cargo build --quiet --package terraform-provider-zeebe --bin terraform-provider-zeebe
  cargo build --quiet --package acceptance-tests --bin zeebe-demo-client
  target=$(target_directory)

  say "== installing it for terraform in $demo"
  tools/install-provider.sh "$terraform" "$target/debug/terraform-provider-zeebe" "$demo"
  # A changed main.tf is the user's.
  [[ -e $demo/main.tf ]] || cp examples/quickstart/main.tf examples/quickstart/process.bpmn "$demo"
  echo "first_port = $first_port" >"$demo/terraform.tfvars"
  # The provider that was just built may differ from the one that a lock file of an earlier demo names.
  rm -f "$demo/.terraform.lock.hcl"

  say "== terraform init"
  run_terraform init -input=false
  say "== terraform apply"
  run_terraform apply -input=false -auto-approve

  say "== using the cluster"
  gateway=$(TF_CLI_CONFIG_FILE=$demo/terraform.rc "$terraform" -chdir="$demo" output -raw gateway)
  "$target/debug/zeebe-demo-client" "$gateway" "$demo/process.bpmn" transfer-money

  cat <<TEXT

The cluster runs, and goes on running.
  gateway   $gateway
  project   $demo
  data      $demo/clusters/payments

Go on: change brokers, replication_factor or version in main.tf, and apply again.
  cd $demo
  export TF_CLI_CONFIG_FILE=$demo/terraform.rc JAVA_HOME=$JAVA_HOME
  $terraform plan
  $terraform apply
The end: make demo-down
TEXT
}

down() {
  if [[ ! -e $demo/main.tf ]]; then
    say "There is no demo in $demo."
    exit 0
  fi
  terraform=$("$root/tools/terraform.sh")
  run_terraform destroy -input=false -auto-approve
  rm -rf "$demo"
  say "The demo is gone."
}

case ${1:-} in
  up) up ;;
  down) down ;;
  *) fail "usage: demo.sh up | down" ;;
esac
