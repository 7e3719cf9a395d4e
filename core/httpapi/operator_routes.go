package httpapi

func (s *server) operatorRoutes() {
	handle(s, route{
		method: "POST", path: operatorRoot + "/sessions", id: "operator-sign-in", tag: "operator", who: nobody, status: 201,
		summary: "Sign in as an operator of the installation", errors: []int{401, 429},
	}, s.operatorSignIn)
	handle(s, route{
		method: "DELETE", path: operatorRoot + "/sessions/current", id: "operator-sign-out", tag: "operator", who: installer, status: 204,
		summary: "Sign out",
	}, s.operatorSignOut)
	handle(s, route{
		method: "GET", path: operatorRoot + "/me", id: "operator-me", tag: "operator", who: installer,
		summary: "Who I am",
	}, s.operatorMe)
	s.operatorTenantRoutes()
	handle(s, route{
		method: "GET", path: operatorRoot + "/releases", id: "operator-releases", tag: "operator", who: installer,
		summary: "Registered releases of the systems",
	}, s.operatorReleases)
	handle(s, route{
		method: "POST", path: operatorRoot + "/releases/{digest}/activate", id: "operator-activate", tag: "operator", who: installer, status: 200,
		summary: "Make a registered release the one that decides", about: aboutActivation, errors: []int{409},
	}, s.operatorActivate)
	handle(s, route{
		method: "POST", path: operatorRoot + "/systems/{system}/rollback", id: "operator-rollback", tag: "operator", who: installer, status: 200,
		summary: "Make the release active again that was before the active one", about: aboutActivation, errors: []int{409},
	}, s.operatorRollback)
	handle(s, route{
		method: "GET", path: operatorRoot + "/plugins", id: "operator-plugins", tag: "operator", who: installer,
		summary: "The systems' processes of this node",
	}, s.operatorPlugins)
	handle(s, route{
		method: "GET", path: operatorRoot + "/plugins/{system}/log", id: "operator-plugin-log", tag: "operator", who: installer,
		summary: "What a system's process on this node wrote last, oldest first", about: "Its own log, never a ticket's contents.", errors: []int{422},
	}, s.operatorPluginLog)
	handle(s, route{
		method: "POST", path: operatorRoot + "/plugins/{system}/restart", id: "operator-restart", tag: "operator", who: installer, status: 202,
		summary: "Start a system's process anew on every node", about: "A new process takes over when it is ready; what stands in quarantine is released.",
	}, s.operatorRestart)
}

func (s *server) operatorTenantRoutes() {
	handle(s, route{
		method: "GET", path: operatorRoot + "/tenants", id: "operator-tenants", tag: "operator", who: installer,
		summary: "Tenants with their desks and counts, never contents",
	}, s.operatorTenants)
	handle(s, route{
		method: "POST", path: operatorRoot + "/tenants", id: "operator-create-tenant", tag: "operator", who: installer, status: 201,
		summary: "Add a tenant", errors: []int{409},
	}, s.operatorCreateTenant)
	handle(s, route{
		method: "PATCH", path: operatorRoot + "/tenants/{tenant}", id: "operator-change-tenant", tag: "operator", who: installer,
		summary: "Change what is named", errors: []int{409},
	}, s.operatorChangeTenant)
	handle(s, route{
		method: "POST", path: operatorRoot + "/tenants/{tenant}/desks", id: "operator-create-desk", tag: "operator", who: installer, status: 201,
		summary: "Add a desk of a system", errors: []int{409},
	}, s.operatorCreateDesk)
	handle(s, route{
		method: "POST", path: operatorRoot + "/tenants/{tenant}/people", id: "operator-create-person", tag: "operator", who: installer, status: 201,
		summary: "Add somebody who signs in, for example a desk's first administrator", errors: []int{409},
	}, s.operatorCreatePerson)
}

const aboutActivation = "A refusal is 409 with the findings as errors: the pointer is the file and line of the release."
