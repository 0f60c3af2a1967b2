// A provider that is there to be looked at: it uses what terraform-plugin-sdk/v2 offers, and keeps its objects as files in
// a directory. A suite that judges providers must find nothing in it but what that library is allowed: it says of itself
// that it keeps the rules of Terraform 0.11.
package main

import (
	"flag"

	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

func main() {
	debug := flag.Bool("debug", false, "wait for a client that attaches itself")
	flag.Parse()
	plugin.Serve(&plugin.ServeOpts{
		ProviderFunc: newProvider,
		ProviderAddr: "example.com/reference/sdkv2",
		Debug:        *debug,
	})
}
