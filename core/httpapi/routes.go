package httpapi

import "net/http"

// Where the parts of the API are.
const (
	tenantRoot   = "/api/v1/t/{tenant}"
	operatorRoot = "/api/v1/operator"
	documentPath = "/api/v1/openapi.json"
	healthPath   = "/healthz"
	readyPath    = "/readyz"
	metricsPath  = "/metrics"
	streamPath   = tenantRoot + "/stream"

	desksPath   = tenantRoot + "/desks"
	deskPath    = desksPath + "/{desk}"
	formPath    = deskPath + "/forms/{form}"
	ticketsPath = tenantRoot + "/tickets"
	ticketPath  = ticketsPath + "/{number}"
)

// routes is every address of the API: who may call it, what it takes, what it is for.
func (s *server) routes(metrics http.Handler) {
	s.sessionRoutes()
	s.deskRoutes()
	s.ticketRoutes()
	s.changeRoutes()
	s.consoleRoutes()
	s.fileRoutes()
	s.administrationRoutes()
	s.operatorRoutes()
	s.systemRoutes(metrics)
}

func (s *server) sessionRoutes() {
	handle(s, route{
		method: "POST", path: tenantRoot + "/sessions", id: "sign-in", tag: "sessions", who: nobody, status: 201,
		summary: "Sign in", about: "Answers a bearer token for programs and sets a cookie for browsers.",
		errors: []int{401, 404, 429},
	}, s.signIn)
	handle(s, route{
		method: "DELETE", path: tenantRoot + "/sessions/current", id: "sign-out", tag: "sessions", who: member, status: 204,
		summary: "Sign out",
	}, s.signOut)
	handle(s, route{
		method: "GET", path: tenantRoot + "/me", id: "me", tag: "sessions", who: member,
		summary: "Who I am",
	}, s.me)
	handle(s, route{
		method: "POST", path: tenantRoot + "/people/{id}/erase", id: "erase-person", tag: "people", who: member, status: 204,
		summary: "Erase a person", about: "By administrators: what the person wrote, sent and is called is blanked; tickets, numbers and history stay.",
		errors: []int{409},
	}, s.erasePerson)
}

func (s *server) deskRoutes() {
	handle(s, route{
		method: "GET", path: desksPath, id: "list-desks", tag: "desks", who: anyone,
		summary: "Desks of the tenant", about: "Without a session only what public forms need.",
	}, s.listDesks)
	handle(s, route{
		method: "GET", path: deskPath, id: "get-desk", tag: "desks", who: anyone,
		summary: "A desk: forms, statuses, lines, queues, words",
	}, s.getDesk)
	handle(s, route{
		method: "GET", path: deskPath + "/counts", id: "count-tickets", tag: "desks", who: member,
		summary: "How many tickets are not done, by queue and status", about: "For those who work the desk.",
	}, s.countTickets)
	handle(s, route{
		method: "GET", path: deskPath + "/agents", id: "list-agents", tag: "desks", who: member,
		summary: "Who works the desk", about: "For those who work it.",
	}, s.listAgents)
	handle(s, route{
		method: "GET", path: formPath, id: "get-form", tag: "desks", who: anyone,
		summary: "A form: schema, layout, lists, limits and what is filled in beforehand",
		about:   "An earlier version, as an older ticket has it: for those who work the desk, and who filed such a ticket.", errors: []int{422},
	}, s.getForm)
	handle(s, route{
		method: "POST", path: formPath + "/check", id: "check-form", tag: "desks", who: anyone, what: jsonBody,
		summary: "What the rules say of a form that is being filled", about: "Nothing is stored.",
	}, s.checkForm)
}

func (s *server) ticketRoutes() {
	handle(s, route{
		method: "POST", path: ticketsPath, id: "file-ticket", tag: "tickets", who: anyone, status: 201,
		summary: "File a ticket", about: aboutFiling, errors: []int{409},
	}, s.fileTicket)
	handle(s, route{
		method: "GET", path: ticketsPath, id: "list-tickets", tag: "tickets", who: member,
		summary: "Tickets that this person may see", about: aboutLists, errors: []int{422},
	}, s.listTickets)
	handle(s, route{
		method: "GET", path: ticketPath, id: "get-ticket", tag: "tickets", who: follower,
		summary: "A ticket", about: "ETag is its version, for If-Match.",
	}, s.getTicket)
	handle(s, route{
		method: "GET", path: ticketPath + "/events", id: "list-events", tag: "tickets", who: follower,
		summary: "History of a ticket as this person may see it, oldest first", errors: []int{422},
	}, s.listEvents)
	handle(s, route{
		method: "POST", path: ticketPath + "/read", id: "mark-read", tag: "tickets", who: member, status: 204,
		summary: "Mark a ticket as read", errors: []int{412},
	}, s.markRead)
	handle(s, route{
		method: "GET", path: ticketPath + "/duplicates", id: "list-duplicates", tag: "tickets", who: member,
		summary: "Candidates for the base of a duplicate, the earliest first",
	}, s.listDuplicates)
	handle(s, route{
		method: "GET", path: ticketPath + "/decisions", id: "list-decisions", tag: "tickets", who: member,
		summary: "Why the rules decided as they did, newest first", about: "For agents and administrators.",
	}, s.listDecisions)
}

func (s *server) changeRoutes() {
	handle(s, route{
		method: "POST", path: ticketPath + "/comments", id: "add-comment", tag: "tickets", who: member, status: 201,
		summary: "Write into a ticket, and answer it", about: aboutComments, errors: []int{409, 412},
	}, s.addComment)
	handle(s, route{
		method: "GET", path: ticketPath + "/transitions", id: "list-transitions", tag: "tickets", who: member,
		summary: "Transitions that leave the ticket's status",
	}, s.listTransitions)
	handle(s, route{
		method: "POST", path: ticketPath + "/transitions", id: "make-transition", tag: "tickets", who: member,
		status: 200, summary: "Move a ticket to another status", errors: []int{409, 412},
	}, s.makeTransition)
	handle(s, route{
		method: "PATCH", path: ticketPath, id: "edit-ticket", tag: "tickets", who: member,
		summary: "Change what is named, merged by RFC 7396", errors: []int{409, 412, 428},
	}, s.editTicket)
	handle(s, route{
		method: "POST", path: ticketPath + "/assign", id: "assign-ticket", tag: "tickets", who: member, status: 200,
		summary: "Give a ticket to an agent, or to none with null", errors: []int{409, 412},
	}, s.assignTicket)
	handle(s, route{
		method: "POST", path: ticketPath + "/handover", id: "hand-over-ticket", tag: "tickets", who: member, status: 200,
		summary: "Hand a ticket over to another line", errors: []int{409, 412},
	}, s.handOverTicket)
	handle(s, route{
		method: "POST", path: ticketPath + "/upload-links", id: "make-upload-link", tag: "files", who: member, what: jsonMaybe,
		status: 201, summary: "A one-time address for one large file", errors: []int{409, 412},
	}, s.makeUploadLink)
}

func (s *server) fileRoutes() {
	raw(s, route{
		method: "POST", path: deskPath + "/attachments", id: "upload-file", tag: "files", who: member, what: upload,
		summary: "Upload a file", about: "One part with a file name. The file can be used once, by its uploader, for a day.",
		errors: []int{413, 415, 422, 429},
	}, s.uploadFile, documentUploadFile(s))
	raw(s, route{
		method: "GET", path: tenantRoot + "/attachments/{id}", id: "download-file", tag: "files", who: follower, what: download,
		summary: "A file", errors: []int{429},
	}, s.downloadFile, documentDownloadFile)
	raw(s, route{
		method: "PUT", path: tenantRoot + "/uploads/{token}", id: "put-upload", tag: "files", who: nobody, what: upload,
		summary: "Send the file that an upload link asks for", about: "The bytes as they are; the name in ?name= or in Content-Disposition.",
		errors: []int{404, 409, 413, 422, 429},
	}, s.putUpload, documentPutUpload(s))
	raw(s, route{
		method: "GET", path: streamPath, id: "stream", tag: "tickets", who: member, what: live,
		summary: "What happens to the tickets that this person may see", about: aboutStream, errors: []int{429},
	}, s.stream, documentStream(s))
}

func (s *server) systemRoutes(metrics http.Handler) {
	handle(s, route{
		method: "GET", path: healthPath, id: "health", tag: "system", who: nobody, summary: "The process is alive",
	}, s.health)
	handle(s, route{
		method: "GET", path: readyPath, id: "ready", tag: "system", who: nobody, summary: "The node can serve",
	}, s.readiness)
	if metrics != nil {
		raw(s, route{
			method: "GET", path: metricsPath, id: "metrics", tag: "system", who: nobody, summary: "Measurements for Prometheus",
		}, s.serveMetrics(metrics), documentMetrics)
	}
	raw(s, route{
		method: "GET", path: documentPath, id: "document", tag: "system", who: nobody, summary: "This document",
	}, s.serveDocument, documentDocument)
}
