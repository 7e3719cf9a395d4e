// Package letter renders the letters of a system: plain text from the templates of its declaration
// and the data of one event, and keeps what was rendered.
//
// It does not decide who gets a letter or when (core/desk does) and sends nothing.
//
// Invariants:
//  1. A template comes from a stranger: it can name the members of [Data] and six functions, loop over
//     lists alone, and neither its output nor its time can be made to grow without bound.
//  2. Data is data: what a person typed is never read as a template, and a subject is one line without
//     control characters, so that no value adds a header to a mail.
//  3. One event renders one letter per template and recipient, however often the job runs.
package letter

import (
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// The keys of the letters that a declaration may have.
const (
	Received   = "received"
	Incomplete = "incomplete"
	Refused    = "refused"
	Answered   = "answered"
	Closed     = "closed"
	Commented  = "commented"
	Status     = "status"
	Overdue    = "overdue"
	Executor   = "executor"
)

// Data is all that a template may show. It has no methods, since a template could call them.
type Data struct {
	Number  string
	Subject string
	// Status is its title in the recipient's language: the requester's label, or the agents'.
	Status string
	Desk   string
	// Link leads to the ticket's page.
	Link string
	// Text is what a person wrote with the event; empty where he wrote nothing.
	Text      string
	Requester string
	// Agent is who answered; empty where no agent acted.
	Agent      string
	Missing    []Item
	Resolution []Item
	// Registered is when the ticket was filed, in the desk's time zone.
	Registered string
	// Deadline is the term in the desk's time zone; empty where there is none.
	Deadline string
	// Contacts are the desk's addresses and phones by kind (mail, phone, portal, link) and by the
	// setting that names them; one that the desk does not have is empty.
	Contacts map[string]string
}

// Item is a field by its label: what it says, or what is wrong with it.
type Item struct {
	Label   string
	Text    string
	Message string
}

// Check says what is wrong with a letter in either language: it is parsed, its names are compared with
// [Data], and it is rendered over full and over empty data.
func Check(l api.Letter) error {
	parsed, err := Parse(l)
	if err != nil {
		return err
	}
	for _, data := range []Data{fullData(), {}} {
		for _, lang := range i18n.Langs() {
			if _, _, err := parsed.Render(lang, data); err != nil {
				return err
			}
		}
	}
	return nil
}

func fullData() Data {
	items := []Item{{Label: "label", Text: "text", Message: "message"}, {Label: "label", Text: "text", Message: "message"}}
	return Data{
		Number: "ABC-18", Subject: "subject", Status: "status", Desk: "desk", Link: "https://desk.example/", Text: "text",
		Requester: "requester", Agent: "agent", Missing: items, Resolution: items, Registered: "01.02.2030 09:00", Deadline: "01.02.2030 10:00",
		Contacts: map[string]string{"mail": "desk@desk.example", "phone": "+70000000000"},
	}
}
