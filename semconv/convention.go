package semconv

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// conventional are the attributes by which convention finds a type.
var conventional = [...]string{
	"mcp.method.name", "gen_ai.operation.name", "messaging.system", "rpc.system.name", "db.system.name", "http.request.method",
	"graphql.operation.name", "graphql.operation.type", "graphql.document", "faas.invoked_name", "aws.lambda.invoked_arn", "faas.trigger",
	"cicd.pipeline.task.run.id", "cicd.pipeline.result", "process.exit.code",
}

// convention finds the type of a span whose attributes have today's names. The narrower
// ones come first: a call of a model or of a database may be made by HTTP, too.
func (j *Judge) convention(s *Span) *registry.Span {
	side := "client"
	if s.Kind == translate.Server || s.Kind == translate.Consumer {
		side = "server"
	}
	switch {
	case s.Text("mcp.method.name") != "":
		return j.firstOf("mcp." + side)
	case s.Text("gen_ai.operation.name") != "":
		return j.genAI(s)
	case s.Text("messaging.system") != "":
		return j.messaging(s, s.Text("messaging.system"))
	case s.Text("rpc.system.name") == "aws-api", s.Text("db.system.name") == "aws.dynamodb":
		return j.aws(s)
	case s.Text("rpc.system.name") != "":
		return j.firstOf("rpc."+rpcSystem(s.Text("rpc.system.name"))+".call."+side, "rpc.call."+side)
	case s.Text("db.system.name") != "":
		return j.database(s.Text("db.system.name"))
	case s.Text("http.request.method") != "" && s.Kind != translate.Internal:
		return j.firstOf("http." + side)
	default:
		return j.process(s, side)
	}
}

// process finds the types of what a program or a function does.
func (j *Judge) process(s *Span, side string) *registry.Span {
	switch trigger := s.Text("faas.trigger"); {
	case s.Text("graphql.operation.name") != "", s.Text("graphql.operation.type") != "", s.Text("graphql.document") != "":
		return j.firstOf("graphql.server")
	case s.Kind == translate.Client && s.Text("faas.invoked_name") != "":
		return j.firstOf("faas.client")
	case s.Text("aws.lambda.invoked_arn") != "":
		return j.firstOf("aws.lambda.server")
	case trigger != "" && s.Kind != translate.Consumer: // that of a message is messaging's
		return j.firstOf("faas."+trigger+"."+side, "faas."+side)
	case s.Text("cicd.pipeline.task.run.id") != "":
		return j.firstOf("cicd.pipeline.task.internal")
	case s.Text("cicd.pipeline.result") != "":
		return j.firstOf("cicd.pipeline.run.server")
	case s.Text("process.exit.code") != "":
		return j.firstOf("cli."+strings.ToLower(kindName(s.Kind)), "cli.internal")
	}
	return nil
}

// genAI tells calls of models, tools and agents apart. An agent is called from afar or in
// the process.
func (j *Judge) genAI(s *Span) *registry.Span {
	operation := s.Text("gen_ai.operation.name")
	side := "client"
	if s.Kind == translate.Internal {
		side = "internal"
	}
	switch operation {
	case "chat", "text_completion", "generate_content":
		return j.firstOf(s.Text("gen_ai.provider.name")+".inference.client", s.Text("gen_ai.provider.name")+".client", "gen_ai.inference.client")
	default:
		return j.firstOf("gen_ai."+operation+"."+side, "gen_ai."+operation+".client", "gen_ai."+operation+".internal")
	}
}

// messaging tells producers, consumers and the calls to a broker apart.
func (j *Judge) messaging(s *Span, system string) *registry.Span {
	var suffix string
	switch operation := s.Text("messaging.operation.type"); {
	case s.Kind == translate.Producer && operation == "create":
		suffix = "create.producer"
	case s.Kind == translate.Producer:
		suffix = "send.producer"
	case s.Kind == translate.Consumer:
		suffix = "process.consumer"
	case operation == "receive" || operation == "settle":
		suffix = operation + ".client"
	default:
		suffix = "send.client"
	}
	return j.firstOf("messaging."+strings.ReplaceAll(system, "aws_sqs", "aws.sqs")+"."+suffix, "messaging."+suffix)
}

// aws finds the types of calls to AWS: DynamoDB has one for each operation.
func (j *Judge) aws(s *Span) *registry.Span {
	service, method, _ := strings.Cut(s.Text("rpc.method"), "/")
	if method == "" {
		method = service
	}
	operation := strings.ToLower(first(s.Text, "db.operation.name", "rpc.method"))
	switch {
	case s.Text("db.system.name") != "", service == "DynamoDB", s.Text("rpc.service") == "DynamoDB":
		return j.firstOf("dynamodb."+operation+".client", "dynamodb."+strings.ToLower(method)+".client", "aws.client")
	case s.Text("aws.s3.bucket") != "":
		return j.firstOf("aws.s3.client")
	}
	return j.firstOf("aws.client")
}

// database finds a system's own type: microsoft.sql_server is db.sql_server.client,
// azure.cosmosdb is azure.cosmosdb.client.
func (j *Judge) database(system string) *registry.Span {
	return j.firstOf("db."+strings.ReplaceAll(system, ".", "")+".client", "db."+lastPart(system)+".client", system+".client", "db.client")
}

// rpcSystem is a system as span types spell it.
func rpcSystem(system string) string {
	if system == "connectrpc" {
		return "connect_rpc"
	}
	return system
}

func (j *Judge) firstOf(ids ...string) *registry.Span {
	for _, id := range ids {
		if s := j.registry.LookupSpan(id); s != nil && s.Deprecation == registry.Live {
			return s
		}
	}
	return nil
}

// lastPart is what follows a name's last dot.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
