package httpapi

import (
	"context"
	"encoding/json"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/ident"
)

type commentRequest struct {
	InTicket
	Conditional
	Keyed
	Body Payload[commentBody]
}

type commentBody struct {
	Text        string          `json:"text,omitempty" maxLength:"100000"`
	Visibility  string          `json:"visibility,omitempty" enum:"public,internal" doc:"public by default"`
	Then        string          `json:"then,omitempty" maxLength:"64" doc:"keep, close or the key of a transition"`
	Fields      json.RawMessage `json:"fields,omitempty" doc:"The resolution, for then"`
	Attachments []ident.ID      `json:"attachments,omitempty" maxItems:"1000" doc:"Ids of uploaded files"`
}

func (s *server) addComment(ctx context.Context, c *call, in *commentRequest) (*answer[desk.EventView], error) {
	body := in.Body.value
	return answered(s.desk.Comment(ctx, c.actor, in.Number, desk.CommentInput{
		Text: body.Text, Internal: body.Visibility == "internal", Then: body.Then, Fields: body.Fields, Attachments: body.Attachments,
		Version: in.version, IdempotencyKey: in.IdempotencyKey, BodyDigest: c.digest,
	}))
}
