// Lists all claims with the typed client of client-go, in one go and as JSON, and prints each with its phase and
// capacity, and the total: what pvcwatch, the ancestor of this product, does first.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	if err := list(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// Without these it would ask for protobuf.
	config.ContentType = runtime.ContentTypeJSON
	config.AcceptContentTypes = runtime.ContentTypeJSON
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	claims, err := clientset.CoreV1().PersistentVolumeClaims("").List(context.Background(), metav1.ListOptions{})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	var total resource.Quantity
	for _, claim := range claims.Items {
		quantity := claim.Spec.Resources.Requests[corev1.ResourceStorage]
		total.Add(quantity)
		fmt.Fprintf(out, "%-32s%-8s%-8s\n", claim.Name, claim.Status.Phase, quantity.String())
	}
	fmt.Fprintf(out, "Total of %d claims: %s\n", len(claims.Items), total.String())
	return nil
}
