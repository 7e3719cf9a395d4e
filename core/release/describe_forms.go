package release

func (p *printer) forms() {}

func (c *covered) fields(f *CompiledForm, key string) {}
